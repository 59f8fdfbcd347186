package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// A shelf is a remote in memory. While a test waits it can change.
type shelf struct {
	files  map[string]string
	times  map[string]time.Time
	stuck  bool // nothing can be removed
	broken string
	before func(name string) // a file is removed
}

func newShelf() *shelf { return &shelf{files: map[string]string{}, times: map[string]time.Time{}} }

func (s *shelf) put(name, content string) {
	s.files[name] = content
	s.times[name] = time.Unix(int64(len(content)), 0)
}

func (s *shelf) List(context.Context, string) (all []remote.File, _ error) {
	for name, content := range s.files {
		all = append(all, remote.File{Name: name, Size: int64(len(content)), ModTime: s.times[name]})
	}
	slices.SortFunc(all, func(a, b remote.File) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

func (s *shelf) Open(_ context.Context, _, name string) (io.ReadCloser, error) {
	content, ok := s.files[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	if name == s.broken {
		return nil, io.ErrUnexpectedEOF
	}
	return io.NopCloser(bytes.NewReader([]byte(content))), nil
}

func (s *shelf) Put(context.Context, string, string, int64, io.Reader) error { return nil }

func (s *shelf) Remove(_ context.Context, _, name string) error {
	if s.stuck {
		return fs.ErrPermission
	}
	delete(s.files, name)
	return nil
}

func (s *shelf) RemoveIf(ctx context.Context, folder string, f remote.File) error {
	if s.before != nil {
		s.before(f.Name)
	}
	content, ok := s.files[f.Name]
	if ok && (int64(len(content)) != f.Size || !s.times[f.Name].Equal(f.ModTime)) {
		return remote.ErrChanged
	}
	return s.Remove(ctx, folder, f.Name)
}

func (s *shelf) Close() error { return nil }

// onShelf is a world whose ERP drops onto a shelf; meanwhile runs while the run
// waits for files to settle.
func onShelf(t *testing.T, meanwhile func(*shelf)) (*world, *shelf) {
	t.Helper()
	w, s := newWorld(t, databasetest.Open(t, database.SQLite), "kontor"), newShelf()
	w.boxes[1].Remote, w.boxes[1].Settle = s, 10*time.Second
	w.in.wait = func(_ context.Context, d time.Duration) error {
		if d != 10*time.Second {
			t.Errorf("waited %s, want 10s", d)
		}
		meanwhile(s)
		return nil
	}
	return w, s
}

func TestComplete(t *testing.T) {
	content := csv(ordersHeader, orderRow("A1"))
	sum := sha256.Sum256([]byte(content))
	sums := hex.EncodeToString(sum[:]) + "  orders.csv\n"
	tests := []struct {
		name      string
		first     map[string]string
		meanwhile func(*shelf)
		want      []string
	}{
		{"at rest", map[string]string{"orders_1.csv": content}, func(*shelf) {}, []string{"orders_1.csv ACCEPTED"}},
		{"still growing", map[string]string{"orders_1.csv": content[:100]}, func(s *shelf) { s.put("orders_1.csv", content) }, nil},
		{"written over, same size", map[string]string{"orders_1.csv": content}, func(s *shelf) {
			s.put("orders_1.csv", content)
			s.times["orders_1.csv"] = time.Unix(7, 0)
		}, nil},
		{"came while we waited", map[string]string{"orders_1.csv": content}, func(s *shelf) { s.put("orders_2.csv", content) }, []string{"orders_1.csv ACCEPTED"}},
		{"gone while we waited", map[string]string{"orders_1.csv": content}, func(s *shelf) { delete(s.files, "orders_1.csv") }, nil},
		{"said to be done", map[string]string{"orders_1.csv": content, "orders_1.csv.done": ""}, nil, []string{"orders_1.csv ACCEPTED"}},
		{"with its hash", map[string]string{"orders_1.csv": content, "orders_1.csv.sha256": sums}, nil, []string{"orders_1.csv ACCEPTED"}},
		{"with another hash", map[string]string{"orders_1.csv": content + "\n", "orders_1.csv.sha256": sums}, nil, nil},
		{"done, but with another hash", map[string]string{"orders_1.csv": content + "\n", "orders_1.csv.sha256": sums, "orders_1.csv.done": ""}, nil, nil},
		{"at rest, but with another hash", map[string]string{"orders_1.csv": content + "\n", "orders_2.csv": content, "orders_1.csv.sha256": sums}, func(*shelf) {}, []string{"orders_2.csv ACCEPTED"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, s := onShelf(t, func(s *shelf) {
				if tt.meanwhile == nil {
					t.Error("the run waited although a sidecar is there")
					return
				}
				tt.meanwhile(s)
			})
			for name, text := range tt.first {
				s.put(name, text)
			}
			if diff := cmp.Diff(tt.want, ackNames(w.step("2026-10-01T12-00"))); diff != "" {
				t.Error(diff)
			}
			for name := range s.files {
				if len(tt.want) == 1 && strings.HasPrefix(name, strings.Fields(tt.want[0])[0]) {
					t.Errorf("%s is left", name)
				}
			}
		})
	}
}

// What cannot be removed is told of once, and what replaces it is taken.
func TestStuck(t *testing.T) {
	w, s := onShelf(t, func(*shelf) {})
	s.stuck = true
	s.put("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	wantNames(t, w.step("2026-10-01T12-00"), "orders_1.csv ACCEPTED")
	wantNames(t, w.step("2026-10-02T12-00"))
	s.put("orders_1.csv", csv(ordersHeader, orderRow("A2"), orderRow("A3")))
	wantNames(t, w.step("2026-10-03T12-00"), "orders_1.csv ACCEPTED")
	s.stuck = false
	delete(s.files, "orders_1.csv")
	wantNames(t, w.step("2026-10-04T12-00"))
	s.put("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	wantNames(t, w.step("2026-10-05T12-00"), "orders_1.csv DUPLICATE")
}

// A file that replaces an acknowledged one before it is removed is not lost.
func TestReplaced(t *testing.T) {
	w, s := onShelf(t, func(*shelf) {})
	s.put("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	must(t, w.in.Collect(t.Context(), w.at("acme", "2026-10-01T12-00"), w.boxes[1]))
	s.put("orders_1.csv", csv(ordersHeader, orderRow("A2"), orderRow("A3")))
	acks := w.step("2026-10-01T12-00")
	wantNames(t, acks, "orders_1.csv ACCEPTED", "orders_1.csv ACCEPTED")
	if len(s.files) != 0 {
		t.Errorf("%d files are left", len(s.files))
	}
}

// An ERP that writes a file anew while the inbox is tidied loses neither the file
// nor its sidecar.
func TestReplacedWhileTidying(t *testing.T) {
	w, s := onShelf(t, func(*shelf) {})
	second := csv(ordersHeader, orderRow("B1"), orderRow("B2"))
	for i, name := range []string{"orders_1.csv", "orders_2.csv"} {
		s.put(name, csv(ordersHeader, orderRow("A"+strconv.Itoa(i))))
		s.put(name+".done", "")
	}
	s.before = func(name string) {
		switch name {
		case "orders_1.csv":
			s.put(name, second)
		case "orders_2.csv.done": // orders_2.csv is gone, and the next one is there with its sidecar
			s.put("orders_2.csv", second+orderRow("B3")+"\n")
			s.put(name, "x")
		}
	}
	wantNames(t, w.step("2026-10-01T12-00"), "orders_1.csv ACCEPTED", "orders_2.csv ACCEPTED")
	for _, name := range []string{"orders_1.csv", "orders_1.csv.done", "orders_2.csv", "orders_2.csv.done"} {
		if _, there := s.files[name]; !there {
			t.Errorf("%s was removed and never read", name)
		}
	}
	s.before = nil
	wantNames(t, w.step("2026-10-02T12-00"), "orders_1.csv ACCEPTED", "orders_2.csv ACCEPTED")
	if len(s.files) != 0 {
		t.Errorf("%d files are left", len(s.files))
	}
}

// A sidecar that cannot be fetched is an error; the file waits for the next run.
func TestBrokenSidecar(t *testing.T) {
	w, s := onShelf(t, func(*shelf) {})
	content := csv(ordersHeader, orderRow("A1"))
	sum := sha256.Sum256([]byte(content))
	s.put("orders_1.csv", content)
	s.put("orders_1.csv.sha256", hex.EncodeToString(sum[:]))
	s.put("orders_2.csv", csv(ordersHeader, orderRow("A2")))
	s.broken = "orders_1.csv.sha256"
	err := w.in.Collect(t.Context(), w.at("acme", "2026-10-01T12-00"), w.boxes[1])
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "orders_1.csv") {
		t.Errorf("Collect = %v; want that the sidecar of orders_1.csv cannot be fetched", err)
	}
	s.broken = ""
	wantNames(t, w.step("2026-10-01T12-00"), "orders_2.csv ACCEPTED", "orders_1.csv ACCEPTED")
}

// A name that no feed takes is told once while it lies there, and by the backlog;
// when a feed takes it, it is read.
func TestIgnoredNames(t *testing.T) {
	w, s := onShelf(t, func(*shelf) {})
	s.put("letter.pdf", "x")
	s.put("ORDERS.CSV.done", "")
	s.put("orders.kontor", csv(ordersHeader, orderRow("A1")))
	for _, step := range []string{"2026-10-01T12-00", "2026-10-02T12-00"} {
		wantNames(t, w.step(step))
	}
	told := strings.Count(w.log.String(), "matches no feed")
	if told != 2 || !strings.Contains(w.log.String(), "owner=acme file=letter.pdf") {
		t.Errorf("%d names were told in two runs; want each of two once:\n%s", told, w.log.String())
	}
	waiting := func(want ...string) {
		t.Helper()
		b, err := w.in.Backlog(t.Context(), "acme")
		must(t, err)
		if diff := cmp.Diff(want, b.Ignored, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("ignored (-want +got):\n%s", diff)
		}
	}
	waiting("letter.pdf", "orders.kontor")
	w.boxes[1].Profile = w.boxes[1].Profile.WithFiles(map[purchase.Feed]string{purchase.Orders: "orders.kontor"})
	delete(s.files, "letter.pdf")
	wantNames(t, w.step("2026-10-03T12-00"), "orders.kontor ACCEPTED")
	waiting()
}

// What is left where it is, is told to the log of the intake and no other.
func TestLog(t *testing.T) {
	w, s := onShelf(t, func(*shelf) {})
	s.stuck = true
	s.put("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	s.put("orders_2.csv", csv(ordersHeader, orderRow("A2")))
	s.put("orders_2.csv.sha256", "beef")
	var global bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&global, nil)))
	defer slog.SetDefault(old)
	w.step("2026-10-01T12-00")
	for _, want := range []string{"file=orders_1.csv", "file is not what its sidecar says"} {
		if !strings.Contains(w.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, w.log.String())
		}
	}
	if global.Len() != 0 {
		t.Errorf("the global log has\n%s", global.String())
	}
}

// A file that cannot be fetched stops no other.
func TestBrokenFile(t *testing.T) {
	w, s := onShelf(t, func(*shelf) {})
	s.put("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	s.put("orders_2.csv", csv(ordersHeader, orderRow("A2")))
	s.broken = "orders_1.csv"
	err := w.in.Collect(t.Context(), w.at("acme", "2026-10-01T12-00"), w.boxes[1])
	if err == nil || !strings.Contains(err.Error(), "orders_1.csv") {
		t.Errorf("Collect = %v, want an error that names orders_1.csv", err)
	}
	s.broken = ""
	wantNames(t, w.step("2026-10-01T12-00"), "orders_2.csv ACCEPTED", "orders_1.csv ACCEPTED")
	w.want("orders_1.csv ACCEPTED 1=1+0+0+0+0", "orders_2.csv ACCEPTED 1=1+0+0+0+0")
}

// A file over max_file is refused unread.
func TestTooLarge(t *testing.T) {
	w, s := onShelf(t, func(*shelf) {})
	w.boxes[1].MaxFile = 10
	s.put("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	wantNames(t, w.step("2026-10-01T12-00"), "orders_1.csv REJECTED")
	w.want("orders_1.csv REJECTED FILE_TOO_LARGE")
}
