package mailbox

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"path"
	"regexp"
	"slices"
	"strings"
)

// enhanced is the code of RFC 3463 that a reply may begin with.
var enhanced = regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}`)

// failed says at which step and with which codes a server refused; nil for nil.
func failed(step string, err error) error {
	var reply *textproto.Error
	var strange textproto.ProtocolError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &reply):
		return fmt.Errorf("%s: the server said %s", step, codes(reply))
	case errors.As(err, &strange):
		return fmt.Errorf("%s: what came is no answer of an SMTP server", step)
	}
	return fmt.Errorf("%s: %w", step, err)
}

func codes(reply *textproto.Error) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", reply.Code, enhanced.FindString(reply.Msg)))
}

// An unreachable recipient has no mailbox there, and will not have one tomorrow.
type unreachable struct{ codes string }

func (u *unreachable) Error() string {
	return "recipient: the server said " + u.codes + ": there is no such mailbox"
}

// refused tells a recipient that cannot be reached for good from all else.
func refused(err error) error {
	var reply *textproto.Error
	if errors.As(err, &reply) && noMailbox(reply) {
		return &unreachable{codes(reply)}
	}
	return failed("recipient", err)
}

// noMailbox reports whether a reply means this recipient alone. A refusal
// without an enhanced code is taken to mean it by RFC 5321, 4.2.3; one by policy
// (5.7.x, such as for relaying) is about us.
func noMailbox(reply *textproto.Error) bool {
	if reply.Code < 500 {
		return false
	}
	if code := enhanced.FindString(reply.Msg); code != "" {
		return slices.Contains([]string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}, code)
	}
	return slices.Contains([]int{550, 551, 553}, reply.Code)
}

// post hands the letter inside a message to those who print letters.
func (m *Mailbox) post(ctx context.Context, folder, name string, text []byte, why error) error {
	letter, err := attachment(text)
	if err != nil {
		return errors.Join(why, fmt.Errorf("mail %s: %w", name, err))
	}
	to, err := m.config.Post(ctx)
	if err != nil {
		return errors.Join(why, err)
	}
	name = strings.TrimSuffix(name, path.Ext(name)) + ".pdf"
	if err := to.Put(ctx, folder, name, int64(len(letter)), bytes.NewReader(letter)); err != nil {
		return errors.Join(why, err, to.Close())
	}
	return to.Close()
}

// attachment returns the PDF of a message.
func attachment(text []byte) ([]byte, error) {
	message, err := netmail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, fmt.Errorf("it has no letter as PDF: %w", err)
		}
		if kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type")); err == nil && kind == "application/pdf" {
			return io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		}
	}
}
