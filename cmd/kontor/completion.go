package main

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// What the shell offers while a command is typed. A completion never fails, never
// makes anything, and looks at the books by an index: the first few.

// offered is how many names are offered.
const offered = 50

// A completer returns names that begin with what was typed.
type completer func(ctx context.Context, x *exchange, merchant, typed string) ([]string, error)

// completions gives each command what it offers, by its path.
func (p *program) completions(root *cobra.Command) {
	for path, names := range map[string]completer{
		"files show": fileNames, "files release": fileNames, "rerun file": fileNames, "rerun rows": fileNames,
		"orders show": numbersOf(purchase.Orders), "orders decide": numbersOf(purchase.Orders),
		"claims show": invoiceNumbers, "claims writeoff": invoiceNumbers, "claims recourse": invoiceNumbers, "refunds pay": invoiceNumbers,
		"payments show": numbersOf(purchase.Payments), "payments assign": numbersOf(purchase.Payments),
		"payouts show": payoutIDs, "trace": numbersOf(0),
	} {
		if c, _, err := root.Find(strings.Fields(path)); err == nil && c != root && c.ValidArgsFunction == nil {
			c.ValidArgsFunction = p.offering(names)
		}
	}
	for path, words := range map[string]func() []string{
		"run": jobNames, "schedule": jobNames, "export": p.merchantIDs,
	} {
		if c, _, err := root.Find([]string{path}); err == nil && c != root {
			c.ValidArgsFunction = func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
				return beginning(words(), args, typed), cobra.ShellCompDirectiveNoFileComp
			}
		}
	}
	err := root.RegisterFlagCompletionFunc("merchant", func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		return beginning(p.merchantIDs(), nil, typed), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // a flag of ours that is not there
	}
}

// beginning are the words that begin with what was typed and are not there yet.
func beginning(words, args []string, typed string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return !strings.HasPrefix(w, typed) || slices.Contains(args, w) })
}

func jobNames() (names []string) {
	for _, j := range schedules.Jobs() {
		names = append(names, string(j))
	}
	return names
}

func (p *program) merchantIDs() []string {
	c, err := Load(p.configFile)
	if err != nil {
		return nil
	}
	return c.MerchantIDs()
}

// offering completes the first argument from the books.
func (p *program) offering(names completer) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return p.offer(c.Context(), names, typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// offer returns nothing where there are no books, or anything goes wrong.
func (p *program) offer(ctx context.Context, names completer, typed string) (offers []string) {
	if ctx == nil {
		ctx = context.Background()
	}
	config, err := Load(p.configFile)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(config.DataDir); err != nil {
		return nil
	}
	err = p.lookAt(ctx, func(x *exchange, merchant string) (err error) {
		offers, err = names(ctx, x, merchant, typed)
		return err
	})
	if err != nil {
		return nil
	}
	return offers
}

// numbersOf completes the numbers of documents of a feed; 0: of all.
func numbersOf(feed purchase.Feed) completer {
	return func(ctx context.Context, x *exchange, merchant, typed string) ([]string, error) {
		return x.intake.Numbers(ctx, merchant, feed, typed, offered)
	}
}

func invoiceNumbers(ctx context.Context, x *exchange, merchant, typed string) ([]string, error) {
	return x.intake.InvoiceNumbers(ctx, merchant, typed, offered)
}

// fileNames completes the names of the newest files.
func fileNames(ctx context.Context, x *exchange, merchant, typed string) (names []string, err error) {
	for _, owner := range []string{merchant, purchase.Provider} {
		infos, err := x.intake.Files(ctx, owner, 0, offered)
		if err != nil {
			return nil, err
		}
		for _, i := range infos {
			names = append(names, i.Name)
		}
	}
	return slices.Compact(beginning(names, nil, typed)), nil
}

func payoutIDs(ctx context.Context, x *exchange, merchant, typed string) (ids []string, err error) {
	all, err := x.provider.Payouts(ctx, merchant)
	for _, w := range all {
		ids = append(ids, w.ID)
	}
	return beginning(ids, nil, typed), err
}
