package processor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/database"
)

// ErrRole says that a merchant's books were begun in another role: they have no
// sense in this one.
var ErrRole = errors.New("the role of these books cannot change")

// sameRole refuses to work on books of another role.
func (e *Engine) sameRole(ctx context.Context) error {
	return e.DB.Read(ctx, func(tx *database.Tx) error {
		for _, m := range e.Merchants {
			kept, err := roleOf(ctx, tx, m.ID())
			if err != nil {
				return err
			}
			if kept != "" && kept != e.role() {
				return fmt.Errorf("%w: those of merchant %s are kept as role: %s, and the configuration says %s", ErrRole, m.ID(), kept, e.role())
			}
		}
		return nil
	})
}

// role is Both when none is set.
func (e *Engine) role() Role {
	if e.Role == "" {
		return Both
	}
	return e.Role
}

// roleOf is the role in which a merchant's books were begun; "" when there are
// none. Before roles were noted there was one only.
func roleOf(ctx context.Context, tx *database.Tx, merchant string) (kept Role, err error) {
	err = tx.QueryRow(ctx, "SELECT role FROM processor_roles WHERE merchant_id = ?", merchant).Scan(&kept)
	if !errors.Is(err, sql.ErrNoRows) {
		return kept, err
	}
	var runs int64
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM processor_runs WHERE merchant_id = ? LIMIT 1) AS r", merchant).Scan(&runs)
	if runs > 0 {
		return Both, err
	}
	return "", err
}

// keepRole notes the role with the first run of a merchant.
func (e *Engine) keepRole(ctx context.Context, tx *database.Tx, r run) error {
	if r.number > 1 || e.Bank != nil && r.merchant == e.Bank.ID() {
		return nil
	}
	_, err := tx.Exec(ctx, "INSERT INTO processor_roles (merchant_id, role) VALUES (?, ?) ON CONFLICT (merchant_id) DO NOTHING", r.merchant, e.role())
	return err
}
