package main

import (
	"strings"

	"github.com/kontor-exchange/kontor/formats"
)

// buildProfiles makes the merchants' own profiles, a base before those that
// start from it.
func (c *Config) buildProfiles(f *faults) {
	c.profiles = map[string]*formats.Profile{}
	waiting := sortedKeys(c.Profiles)
	for _, name := range waiting {
		_, shipped := formats.Lookup(name)
		f.check(!shipped, "profiles."+name, "it is a shipped profile; choose another name and say base: %s", name)
	}
	for progress := true; progress; {
		progress = false
		var later []string
		for _, name := range waiting {
			if _, own := c.Profiles[c.Profiles[name].Base]; own && c.profiles[c.Profiles[name].Base] == nil {
				later = append(later, name)
				continue
			}
			c.buildProfile(f, name)
			progress = true
		}
		waiting = later
	}
	for _, name := range waiting {
		f.add("profiles."+name+".base", "%q starts from itself or from a profile that cannot be built", c.Profiles[name].Base)
	}
}

func (c *Config) buildProfile(f *faults, name string) {
	p, err := c.Profiles[name].Build(name, c.lookup)
	if err != nil {
		*f = append(*f, err) // it names the keys
		return
	}
	c.profiles[name] = p
}

// lookup finds a profile by name, shipped or own.
func (c *Config) lookup(name string) (*formats.Profile, bool) {
	if p, ok := formats.Lookup(name); ok {
		return p, true
	}
	p, ok := c.profiles[name]
	return p, ok
}

// profileNames are all names that can be chosen.
func (c *Config) profileNames() string {
	return strings.Join(append(formats.Shipped(), sortedKeys(c.Profiles)...), ", ")
}

func (c *Config) validateProfileName(f *faults, key, name string) {
	if _, own := c.Profiles[name]; own {
		return // its own faults are told
	}
	_, found := c.lookup(name)
	f.check(found, key, "%q is not a profile; want one of %s", name, c.profileNames())
}
