package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kontor-exchange/kontor/processor/sftpd"
)

// This file is what kontor serve answers over HTTP: nothing that changes
// anything, and nothing about a person.

// A healthServer answers metrics and health.
type healthServer struct {
	server   *http.Server
	listener net.Listener
}

// Patience of the server: a client that is slower is cut.
const (
	headerPatience = 5 * time.Second
	bodyPatience   = 10 * time.Second
	answerPatience = 30 * time.Second
	idlePatience   = time.Minute
	stopPatience   = 3 * time.Second
	mostHeader     = 16 << 10
	mostScrapes    = 3
)

// listenHTTP opens the port for metrics and health; nil when there is none.
// server is the built-in SFTP server, or nil.
func (x *exchange) listenHTTP(ctx context.Context, server *sftpd.Server, now func() time.Time, logs *slog.Logger) (*healthServer, error) {
	if x.config.HTTP == "" {
		return nil, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", x.config.HTTP)
	if err != nil {
		return nil, failWith(exitFailed, fmt.Errorf("metrics and health: %w", err), "http in the configuration is %s", x.config.HTTP)
	}
	logs.Info("metrics and health listen", "address", listener.Addr().String())
	watch := &watcher{x: x, sftp: server, now: now, log: logs}
	return &healthServer{listener: listener, server: &http.Server{
		Handler: watch.handler(ctx), BaseContext: func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: headerPatience, ReadTimeout: bodyPatience, WriteTimeout: answerPatience, IdleTimeout: idlePatience,
		MaxHeaderBytes: mostHeader, ErrorLog: log.New(io.Discard, "", 0), // what clients do wrong is no news
	}}, nil
}

// serve answers until the context ends, and then lets those finish who are being
// answered.
func (h *healthServer) serve(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() { ended <- h.server.Serve(h.listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("metrics and health: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	err := h.server.Shutdown(last)
	if err != nil {
		err = h.server.Close()
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// closeServer closes the SFTP server, where there is one.
func closeServer(server *sftpd.Server) error {
	if server == nil {
		return nil
	}
	return server.Close()
}

// A watcher answers what it sees of an exchange that is served.
type watcher struct {
	x    *exchange
	sftp *sftpd.Server // nil: none
	now  func() time.Time
	log  *slog.Logger
}

func (w *watcher) handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(w.registry(ctx), promhttp.HandlerOpts{MaxRequestsInFlight: mostScrapes, Timeout: answerPatience / 2}))
	mux.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) { answer(out, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(out http.ResponseWriter, r *http.Request) {
		if why := w.unready(r.Context()); why != "" {
			answer(out, http.StatusServiceUnavailable, "not ready: "+why)
			return
		}
		answer(out, http.StatusOK, "ready")
	})
	return mux
}

func answer(out http.ResponseWriter, code int, text string) {
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out.Header().Set("Cache-Control", "no-store")
	out.Header().Set("X-Content-Type-Options", "nosniff")
	out.WriteHeader(code)
	if _, err := io.WriteString(out, text+"\n"); err != nil {
		return // whoever asked has gone
	}
}

const (
	// stuckAfter is how long the loop may give no sign of life: longer than the
	// longest step of a run.
	stuckAfter = 15 * time.Minute
	// overdueAfter is how late the next run may be.
	overdueAfter = 15 * time.Minute
	// databasePatience is how long the database may take to answer.
	databasePatience = 2 * time.Second
)

// unready says why the exchange does not work as it should; "" when it does.
func (w *watcher) unready(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, databasePatience)
	defer cancel()
	now := w.now()
	last, open, err := w.x.engine.LastBegun(ctx, w.x.watched()[0])
	if err != nil {
		w.log.Error("not ready", "error", err)
		return "the database does not answer"
	}
	beaten := w.x.pulse.last()
	switch {
	case beaten.IsZero():
		return "the first run has not begun"
	case now.Sub(beaten) > stuckAfter:
		return "the loop gave its last sign of life at " + beaten.Format(time.RFC3339)
	case last.IsZero() || open: // a run may take long
		return ""
	}
	if due := w.x.engine.Next(last); !due.IsZero() && now.Sub(due) > overdueAfter {
		return "the run of " + due.Format(time.RFC3339) + " is overdue"
	}
	return ""
}
