package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/samples"
)

// What guess prints is what it means: read as YAML it is the proposed profile.
func TestProposalIsTheProfile(t *testing.T) {
	files, err := filepath.Glob("../../formats/testdata/*/*.csv")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		g, err := formats.GuessProfile(data, formats.GuessOptions{File: filepath.Base(file)})
		if err != nil {
			continue // the torture set has files that are no table
		}
		var out bytes.Buffer
		if err := writeProposal(&out, "own", []string{file}, []formats.Guess{g}); err != nil {
			t.Fatal(err)
		}
		var got map[string]formats.Config
		if err := yaml.UnmarshalWithOptions(out.Bytes(), &got, yaml.Strict()); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out.String())
			continue
		}
		feed := g.Config.Feeds[g.Feed.String()]
		feed.Files = g.Files
		g.Config.Feeds[g.Feed.String()] = feed
		if diff := cmp.Diff(g.Config, got["own"], cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: the text means something else (-proposal +text):\n%s", file, diff)
		}
		if _, err := got["own"].Build("own", formats.Lookup); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// The profile that the example configuration shows as a comment is without fault
// and has every key.
func TestProfileOfTheExample(t *testing.T) {
	text, err := samples.Files.ReadFile("kontor.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, commented, found := strings.Cut(string(text), "\n# profiles:\n")
	if !found {
		t.Fatal("the example shows no profile")
	}
	var plain strings.Builder
	for line := range strings.Lines(commented) {
		after, isComment := strings.CutPrefix(line, "#")
		if !isComment {
			break
		}
		plain.WriteString(after)
	}
	var got map[string]formats.Config
	if err := yaml.UnmarshalWithOptions([]byte(plain.String()), &got, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	p, err := got["myerp"].Build("myerp", formats.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Describes(formats.DecisionsReport) {
		t.Error("it describes no decisions")
	}
	for _, key := range keysOf(formats.Config{}, formats.FeedConfig{}, formats.OutConfig{}) {
		if !strings.Contains(plain.String(), key) {
			t.Errorf("the example does not name the key %s", key)
		}
	}
}

// keysOf are the keys of structs of the configuration.
func keysOf(structs ...any) (keys []string) {
	for _, s := range structs {
		t := reflect.TypeOf(s)
		for i := range t.NumField() {
			keys = append(keys, t.Field(i).Tag.Get("yaml"))
		}
	}
	return keys
}
