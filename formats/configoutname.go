package formats

import (
	"regexp"
	"slices"
	"strings"
)

// What a name that we give may hold besides placeholders: what every system
// takes, and no ending of a JSON twin or a PDF beside it.
var (
	namePlace  = regexp.MustCompile(`<[^<>]*>`)
	nameText   = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)
	nameEnding = regexp.MustCompile(`[^.>]\.(csv|txt|tsv|asc|dat)$|>\.(csv|txt|tsv|asc|dat)$`)
	folderText = regexp.MustCompile(`^out(/[A-Za-z0-9][A-Za-z0-9_-]{0,63}){1,4}$`)
)

// maxPattern leaves room for the inbound name and the run in 255 bytes.
const maxPattern = 64

// place sets folder and name.
func (b *builder) place(r Report, c OutConfig, o *outFormat) {
	if c.Folder != "" {
		o.folder = strings.TrimSuffix(c.Folder, "/")
		if !folderText.MatchString(o.folder) {
			b.fault("folder", "%q is not a folder below out/ such as out/import", c.Folder)
		}
	}
	if c.File == "" {
		return
	}
	o.file = c.File
	allowed, needed := r.places()
	text := namePlace.ReplaceAllString(c.File, "")
	switch {
	case !nameText.MatchString(text) || strings.HasPrefix(c.File, "."):
		b.fault("file", "%q: beside placeholders only letters, digits, and . _ - may stand in a name, no dot first", c.File)
	case !nameEnding.MatchString(c.File):
		b.fault("file", "%q must end in .csv, .txt, .tsv, .asc or .dat", c.File)
	case len(text) > maxPattern:
		b.fault("file", "%q is too long; at most %d characters beside placeholders", c.File, maxPattern)
	case strings.Contains(c.File, "><"):
		b.fault("file", "%q: two placeholders need a character between them", c.File)
	}
	places := namePlace.FindAllString(c.File, -1)
	for i, place := range places {
		switch {
		case !slices.Contains(allowed, place):
			b.fault("file", "%q has no %s; it may hold %s", string(r), place, strings.Join(allowed, ", "))
		case slices.Contains(places[:i], place):
			b.fault("file", "%s comes twice", place)
		}
	}
	for _, one := range needed {
		if !slices.ContainsFunc(one, func(place string) bool { return slices.Contains(places, place) }) {
			b.fault("file", "%q needs %s, so that no name is used twice", c.File, strings.Join(one, " or "))
		}
	}
}

// others are the tables that leave beside the reports, by folder.
func others() map[string][]string {
	return map[string][]string{"out/payouts": {"openitems_<merchant>_<date>.csv", "guarantees_<merchant>_<date>.csv", "EXTF_<date>.csv"}}
}

// collisions refuses two reports that could have one name.
func (b *builder) collisions(p *Profile) {
	taken := map[string][]string{}
	owner := map[string]string{}
	for folder, patterns := range others() {
		taken[folder] = append(taken[folder], patterns...)
	}
	for _, r := range Reports() {
		folder, pattern := p.Place(r, r.pattern(), nil)
		for _, other := range taken[strings.ToLower(folder)] {
			if mayCollide(pattern, other) {
				b.fault("out."+string(r)+".file", "%s could be the name of %s too, in %s", pattern, ownerOf(owner, other), folder)
			}
		}
		taken[strings.ToLower(folder)] = append(taken[strings.ToLower(folder)], pattern)
		owner[pattern] = string(r)
	}
}

func ownerOf(owner map[string]string, pattern string) string {
	if r := owner[pattern]; r != "" {
		return r + " (" + pattern + ")"
	}
	return pattern
}

// mayCollide reports whether two patterns could give one name on a system that
// does not tell letters of another case apart: neither what they begin with nor
// what they end with keeps them apart.
func mayCollide(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	beginA, endA := ends(a)
	beginB, endB := ends(b)
	begins := strings.HasPrefix(beginA, beginB) || strings.HasPrefix(beginB, beginA)
	finish := strings.HasSuffix(endA, endB) || strings.HasSuffix(endB, endA)
	return begins && finish
}

// ends are what stands before the first and after the last placeholder.
func ends(pattern string) (begin, end string) {
	places := namePlace.FindAllStringIndex(pattern, -1)
	if len(places) == 0 {
		return pattern, pattern
	}
	return pattern[:places[0][0]], pattern[places[len(places)-1][1]:]
}
