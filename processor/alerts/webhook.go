package alerts

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// SignatureHeader is the header with time and signature of a message:
// "t=<unix seconds>,v1=<HMAC-SHA256 in hex>" over the time as it stands there, a
// dot, and the body. A receiver computes it with the same key, compares it in
// constant time, and refuses times that are far from its own.
const SignatureHeader = "Kontor-Signature"

// A Webhook posts events as JSON, signed.
type Webhook struct {
	URL string // https, or http to this machine
	// Key signs; it is asked for at each message, so that it can be changed.
	Key      func() ([]byte, error)
	Instance string // which kontor it is
	Agent    string // User-Agent
	Now      func() time.Time
	// Client sends; nil: one that follows no redirect.
	Client *http.Client
}

// A message is the body of a post.
type message struct {
	Version  int       `json:"version"` // 1
	Instance string    `json:"instance"`
	At       time.Time `json:"at"` // of the run after which it was sent
	Events   []Event   `json:"events"`
}

// Name is "webhook" and the host: the path may hold a secret.
func (w *Webhook) Name() string { return "webhook " + w.host() }

func (w *Webhook) host() string {
	if u, err := url.Parse(w.URL); err == nil {
		return u.Host
	}
	return "?"
}

// Send posts the events in one message; every answer but 2xx is a failure.
func (w *Webhook) Send(ctx context.Context, at time.Time, events []Event) error {
	body, err := json.Marshal(message{1, w.Instance, at.UTC(), events})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return withoutURL(err)
	}
	signature, err := w.sign(body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", w.Agent)
	request.Header.Set(SignatureHeader, signature)
	client := w.Client
	if client == nil {
		client = newClient()
		defer client.CloseIdleConnections()
	}
	answer, err := client.Do(request)
	if err != nil {
		return withoutURL(err)
	}
	const enough = 64 << 10 // of the answer, so that the connection ends well
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, enough))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return withoutURL(err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("%s answered %s; want 2xx", w.host(), answer.Status)
	}
	return nil
}

func (w *Webhook) sign(body []byte) (string, error) {
	key, err := w.Key()
	if err != nil {
		return "", err
	}
	t := strconv.FormatInt(w.Now().Unix(), 10)
	return "t=" + t + ",v1=" + Signature(key, t, body), nil
}

// Signature is the HMAC-SHA256, in hex, of a time in unix seconds, a dot and a body.
func Signature(key []byte, t string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// withoutURL tells an error of HTTP without the address, which may hold a secret.
func withoutURL(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}
