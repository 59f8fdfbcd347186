package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kontor-exchange/kontor/samples"
)

// manCommand writes the manual pages, for those who make packages.
func (p *program) manCommand() *cobra.Command {
	return exits(&cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages into a folder",
		Long: `Write a manual page for each command, kontor.1, kontor-run.1 …, and kontor.yaml.5
with the commented configuration. They are made from what --help says, and the
same program always writes the same bytes.`,
		Example: "  kontor man ./man && man -l ./man/kontor-trace.1",
		Args:    arguments(cobra.ExactArgs(1)),
		Hidden:  true,
		RunE:    func(c *cobra.Command, args []string) error { return writeMan(c.Root(), args[0]) },
	}, exitDone, exitFailed, exitUsage)
}

func writeMan(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	config, err := samples.Files.ReadFile(defaultConfigFile)
	if err != nil {
		return err
	}
	pages := map[string]string{defaultConfigFile + ".5": configPage(string(config))}
	manPages(root, pages)
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// manPages makes the page of a command and of those below it.
func manPages(c *cobra.Command, pages map[string]string) {
	c.InitDefaultHelpFlag()
	pages[manName(c)+".1"] = manPage(c)
	for _, sub := range c.Commands() {
		if hasPage(sub) {
			manPages(sub, pages)
		}
	}
}

// hasPage reports whether a command has a page: what cobra adds has none.
func hasPage(c *cobra.Command) bool {
	return c.IsAvailableCommand() && c.Name() != "completion" && c.Name() != "help"
}

// manName is the name of a command's page, such as kontor-files-show.
func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

func manPage(c *cobra.Command) string {
	r := newRoff(manName(c), "1")
	r.section("name")
	r.line(manName(c) + ` \- ` + roffText(c.Short))
	r.section("synopsis")
	r.line(".B " + roffText(c.UseLine()))
	r.section("description")
	r.prose(first(c.Long, c.Short))
	if c.Example != "" {
		r.section("examples")
		r.verbatim(c.Example)
	}
	if c.HasAvailableSubCommands() {
		r.section("commands")
		for _, sub := range c.Commands() {
			if hasPage(sub) {
				r.tagged(sub.CommandPath(), sub.Short)
			}
		}
	}
	r.flags("options", c.NonInheritedFlags())
	r.flags("global options", c.InheritedFlags())
	if codes := c.Annotations["exits"]; codes != "" {
		r.section("exit status")
		for line := range strings.Lines(codes) {
			code, meaning, _ := strings.Cut(strings.TrimSpace(line), " ")
			r.tagged(code, strings.TrimSpace(meaning))
		}
	}
	r.section("see also")
	r.line(strings.Join(relatives(c), ", "))
	return r.String()
}

// relatives are the pages beside a command: above and below it.
func relatives(c *cobra.Command) (all []string) {
	if c.HasParent() {
		all = append(all, ref(manName(c.Parent()), "1"))
	}
	for _, sub := range c.Commands() {
		if hasPage(sub) {
			all = append(all, ref(manName(sub), "1"))
		}
	}
	return append(all, ref(defaultConfigFile, "5"))
}

func ref(page, section string) string { return `\fB` + roffText(page) + `\fR(` + section + ")" }

// configPage is the page of the configuration: the file with its comments.
func configPage(config string) string {
	r := newRoff(defaultConfigFile, "5")
	r.section("name")
	r.line(roffText(defaultConfigFile) + ` \- configuration of kontor`)
	r.section("description")
	r.prose("Every key that exists, with its default and what it is for, as kontor init writes it.")
	r.verbatim(config)
	r.section("see also")
	r.line(ref("kontor", "1") + ", " + ref("kontor-init", "1"))
	return r.String()
}

func first(some ...string) string {
	for _, s := range some {
		if s != "" {
			return s
		}
	}
	return ""
}

// flags lists flags in a section of their own.
func (r *roff) flags(title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	r.section(title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, about := pflag.UnquoteUsage(f)
		tag := strings.TrimSpace("--" + f.Name + " " + name)
		if f.Shorthand != "" {
			tag = "-" + f.Shorthand + ", " + tag
		}
		if name != "" && f.DefValue != "" && f.DefValue != "[]" && f.DefValue != "0" {
			about += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		r.tagged(tag, about)
	})
}
