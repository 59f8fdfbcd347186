package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/formats"
)

// profileCommand is about how an ERP writes and reads files.
func (p *program) profileCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "profile",
		Short: "Find out, try and show how an ERP writes and reads files",
		Long: `Find out, try and show how an ERP writes and reads files. The way from a foreign
export to a profile: "guess" proposes one, you paste it under profiles: in the
configuration and correct it, "test" shows the first rows as they would be read.`,
		Example: `  kontor profile guess --name myshop orders_export.csv > myshop.yaml
  kontor profile test --proposal myshop.yaml orders_export.csv
  kontor profile show shopify`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.profileGuessCommand(), p.profileTestCommand(), p.profileListCommand(), p.profileShowCommand())
	return c
}

func (p *program) profileListCommand() *cobra.Command {
	return exits(&cobra.Command{
		Use:   "list",
		Short: "List the profiles that can be chosen",
		Args:  arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			k := checker{profile: "kontor", language: "en", configured: c.Flags().Changed("config")}
			if err := k.prepare(p); err != nil {
				return err
			}
			return p.profileList(k)
		},
	}, exitDone, exitFailed, exitUsage)
}

// A listedProfile is one profile that can be chosen.
type listedProfile struct {
	Name   string   `json:"name"`
	Origin string   `json:"origin"` // shipped | configuration
	Looks  string   `json:"looks"`
	Out    []string `json:"out"` // reports whose table it describes
}

func (p *program) profileList(k checker) error {
	names, own := formats.Shipped(), map[string]bool{}
	if k.config != nil {
		for _, name := range sortedKeys(k.config.Profiles) {
			names, own[name] = append(names, name), true
		}
	}
	list := []listedProfile{}
	for _, name := range names {
		k.profile = name
		profile, err := k.chosenProfile()
		if err != nil {
			return err
		}
		list = append(list, profileListed(profile, own[name]))
	}
	if p.json {
		return p.printJSON(list)
	}
	var rows [][]string
	for _, l := range list {
		rows = append(rows, []string{l.Name, l.Origin, l.Looks, strings.Join(l.Out, " ")})
	}
	return p.printTable([]string{"profile", "from", "files look like", "reports of its own"}, rows)
}

func profileListed(profile *formats.Profile, own bool) listedProfile {
	d := profile.Describe()
	l := listedProfile{Name: profile.Name, Origin: "shipped", Looks: fmt.Sprintf("%s, %q, 1%s50, %s", d.Charset, d.Delimiter, d.Decimal, d.Date), Out: []string{}}
	if own {
		l.Origin = "configuration"
	}
	for _, r := range d.Out {
		if r.Table {
			l.Out = append(l.Out, r.Report)
		}
	}
	return l
}
