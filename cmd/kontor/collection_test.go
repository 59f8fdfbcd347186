package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
)

// What is handed over lies in the operator's reports, or in the agency's folder;
// that one must exist, since it may be a share that is not mounted.
func TestCollectionFolder(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	for _, tt := range []struct{ name, config, folder string }{
		{"beside the reports", "", "data/reports/collection"},
		{"of an agency", "  collection: {url: \"dir:./agency\"}\n", "agency"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newStage(t, s, "sqlite")
			g.reconfigure("provider:\n", "provider:\n"+tt.config)
			if tt.config != "" {
				if err := os.Mkdir(filepath.Join(g.dir, tt.folder), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			g.play(t, nil)
			var told struct {
				Claims []struct {
					Invoice   string       `json:"invoice_no"`
					Principal money.Amount `json:"principal_cents"`
				} `json:"claims"`
			}
			text, err := os.ReadFile(filepath.Join(g.dir, tt.folder, "collection_acme_2026-11-23.json"))
			if err == nil {
				err = json.Unmarshal(text, &told)
			}
			if err != nil || len(told.Claims) != 1 || told.Claims[0].Invoice != "RE1004" || told.Claims[0].Principal != 24_026 {
				t.Errorf("handed over: %+v, %v; want 240.26 of RE1004", told, err)
			}
		})
	}
}

func TestCollectionConfig(t *testing.T) {
	c := defaults()
	c.Provider.Collection.URL = "ftp://agency.example/in"
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), `provider.collection.url: "ftp://agency.example/in" is not sftp://`) {
		t.Errorf("Validate = %v; want that the URL of provider.collection is refused", err)
	}
}
