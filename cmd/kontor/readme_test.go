package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The configuration in the README works as it stands there, together with the
// profile that it shows; so do those of the two sides, each for itself.
func TestReadmeConfig(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var config strings.Builder
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	for _, block := range blocks {
		if strings.Contains(block[1], "\nrole: ") {
			if _, err := parse("kontor.yaml", []byte(block[1])); err != nil {
				t.Errorf("a side in the README: %v", err)
			}
			continue
		}
		config.WriteString(unindent(block[1]))
	}
	c, err := parse("kontor.yaml", []byte(config.String()))
	if err != nil {
		t.Fatalf("the README's %d blocks of YAML: %v", len(blocks), err)
	}
	if len(c.Merchants) != 1 || len(c.Profiles) != 1 {
		t.Errorf("the README shows %d merchants and %d profiles; want one of each", len(c.Merchants), len(c.Profiles))
	}
}

// unindent takes away the indentation of the first line from all lines.
func unindent(s string) string {
	indent := s[:len(s)-len(strings.TrimLeft(s, " "))]
	return strings.ReplaceAll("\n"+s, "\n"+indent, "\n")
}

// Every command that exists has its place in the README.
func TestReadmeCommands(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	p := &program{}
	for _, c := range p.commands() {
		if c.Name() != "version" && !strings.Contains(string(text), "`"+c.Name()) {
			t.Errorf("the README does not name the command %s", c.Name())
		}
		if c.Annotations["exits"] == "" && !c.HasSubCommands() {
			t.Errorf("the help of %s has no exit codes", c.Name())
		}
	}
}
