package report

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// All sentences of the letters to debtors stand here: friendly in the reminder,
// matter-of-fact later. They state what is open, what the statute says and what
// happens next, and nothing else.

// A stage is the tone of a notice.
type stage int

const (
	reminder stage = 1 + iota
	firstDunning
	furtherDunning
	collection
)

func stageOf(n purchase.Notice) stage {
	switch {
	case n.Status == purchase.NoticeCollection:
		return collection
	case n.Level <= 1:
		return reminder
	case n.Level == 2:
		return firstDunning
	}
	return furtherDunning
}

// greeting addresses the debtor by name where it is sure how.
func (d *dunningLetter) greeting() string {
	b := d.debtor
	switch {
	case b.LastName == "":
		return d.say("Sehr geehrte Damen und Herren,", "Dear Sir or Madam,")
	case b.Salutation == "Frau", b.Salutation == "Ms", b.Salutation == "Mrs":
		return fmt.Sprintf(d.say("Sehr geehrte Frau %s,", "Dear Ms %s,"), b.LastName)
	case b.Salutation == "Herr", b.Salutation == "Mr":
		return fmt.Sprintf(d.say("Sehr geehrter Herr %s,", "Dear Mr %s,"), b.LastName)
	}
	return fmt.Sprintf(d.say("Guten Tag %s,", "Dear %s,"), fullName(b))
}

func fullName(b purchase.Debtor) string {
	if b.FirstName == "" {
		return b.LastName
	}
	return b.FirstName + " " + b.LastName
}

// intro says what a part of the letter is about. German goes on in lower case
// after the greeting, but not after a heading.
func (d *dunningLetter) intro(s stage, invoices int, heading bool) string {
	text := d.opening(s, invoices)
	if first, size := utf8.DecodeRuneInString(text); heading || d.Language == formats.English {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	return text
}

func (d *dunningLetter) opening(s stage, invoices int) string {
	one := invoices == 1
	choose := func(oneDE, manyDE, oneEN, manyEN string) string {
		if one {
			return d.say(oneDE, oneEN)
		}
		return d.say(manyDE, manyEN)
	}
	var text string
	switch s {
	case reminder:
		text = choose(
			"vielleicht ist es nur untergegangen: Die folgende Rechnung aus Ihrem Einkauf bei %s ist noch offen.",
			"vielleicht ist es nur untergegangen: Die folgenden Rechnungen aus Ihren Einkäufen bei %s sind noch offen.",
			"it may just have slipped your mind: the following invoice of your purchase at %s is still open.",
			"it may just have slipped your mind: the following invoices of your purchases at %s are still open.")
	case firstDunning:
		text = choose(
			"wir haben Sie schon an die folgende Rechnung aus Ihrem Einkauf bei %s erinnert. Sie ist bei uns noch nicht vollständig bezahlt.",
			"wir haben Sie schon an die folgenden Rechnungen aus Ihren Einkäufen bei %s erinnert. Sie sind bei uns noch nicht vollständig bezahlt.",
			"we have reminded you of the following invoice of your purchase at %s before. It has not been paid to us in full yet.",
			"we have reminded you of the following invoices of your purchases at %s before. They have not been paid to us in full yet.")
	case furtherDunning:
		text = choose(
			"die folgende Rechnung aus Ihrem Einkauf bei %s ist nach Zahlungserinnerung und Mahnung weiterhin offen.",
			"die folgenden Rechnungen aus Ihren Einkäufen bei %s sind nach Zahlungserinnerung und Mahnung weiterhin offen.",
			"the following invoice of your purchase at %s is still open after a reminder and a dunning notice.",
			"the following invoices of your purchases at %s are still open after a reminder and a dunning notice.")
	case collection:
		text = choose(
			"die folgende Forderung aus Ihrem Einkauf bei %s ist nach mehreren Schreiben weiterhin offen. Wir übergeben sie heute an ein Inkassounternehmen, das sich bei Ihnen melden wird.",
			"die folgenden Forderungen aus Ihren Einkäufen bei %s sind nach mehreren Schreiben weiterhin offen. Wir übergeben sie heute an ein Inkassounternehmen, das sich bei Ihnen melden wird.",
			"the following claim of your purchase at %s is still open after several letters. We hand it over today to a collection agency, which will get in touch with you.",
			"the following claims of your purchases at %s are still open after several letters. We hand them over today to a collection agency, which will get in touch with you.")
	}
	return fmt.Sprintf(text, d.Name) + " " + d.owner(one)
}

// owner tells why the sender asks, and not the shop.
func (d *dunningLetter) owner(one bool) string {
	if one {
		return d.say("Wir haben die Forderung vom Händler gekauft; bitte zahlen Sie deshalb an uns.", "We have bought the claim from the shop; please pay to us therefore.")
	}
	return d.say("Wir haben die Forderungen vom Händler gekauft; bitte zahlen Sie deshalb an uns.", "We have bought the claims from the shop; please pay to us therefore.")
}

// request says how much is to be paid and until when.
func (d *dunningLetter) request(total string) string {
	if d.until().IsZero() {
		return fmt.Sprintf(d.say("Zu zahlen sind %s.", "The amount to pay is %s."), total)
	}
	return fmt.Sprintf(d.say("Bitte überweisen Sie %s bis zum %s.", "Please transfer %s by %s."), total, d.date(d.until()))
}

// crossed is for those who have paid, or have a question.
func (d *dunningLetter) crossed() string {
	text := d.say(
		"Haben Sie inzwischen bezahlt, ist dieses Schreiben für Sie erledigt.",
		"If you have paid in the meantime, you need not do anything.")
	if d.sender.Email == "" {
		return text
	}
	return text + " " + fmt.Sprintf(d.say(
		"Stimmt etwas nicht, oder können Sie nicht auf einmal zahlen? Schreiben Sie uns bitte an %s.",
		"Is something wrong, or can you not pay in one go? Please write to us at %s."), d.sender.Email)
}

// separately asks for a transfer for each reference, by which it is matched.
func (d *dunningLetter) separately() string {
	return d.say(
		"Bitte überweisen Sie die Beträge einzeln, jeden mit seinem Verwendungszweck, damit wir sie zuordnen können.",
		"Please transfer the amounts one by one, each with its reference, so that we can match them.")
}

// how tells to keep the reference.
func (d *dunningLetter) how(code bool) string {
	if code {
		return d.say(
			"Der Code füllt die Überweisung in Ihrer Banking-App aus. Bitte übernehmen Sie den Verwendungszweck unverändert.",
			"The code fills in the transfer in your banking app. Please keep the reference as it is.")
	}
	return d.say("Bitte übernehmen Sie den Verwendungszweck unverändert.", "Please keep the reference as it is.")
}

// notes are what the statute says, as far as it matters to this letter.
func (d *dunningLetter) notes() {
	f := font{size: 8, grey: 70}
	d.y += mm
	for _, text := range d.noteTexts() {
		d.paragraph(f, text)
		d.y += mm
	}
}

func (d *dunningLetter) noteTexts() (texts []string) {
	top, fees, flat, interest := stageOf(d.notices[0]), false, false, false
	reminded := stageOf(d.notices[len(d.notices)-1]) == reminder
	for _, n := range d.notices {
		fees = fees || n.Fee > 0 || earlier(n) > 0
		flat = flat || n.Flat > 0
		interest = interest || n.InterestTotal != 0
	}
	add := func(when bool, german, english string) {
		if when {
			texts = append(texts, d.say(german, english))
		}
	}
	add(reminded,
		"Gut zu wissen: Mit dem Zugang einer Mahnung nach Fälligkeit, also auch dieser Erinnerung, beginnt der Verzug, wenn er nicht schon vorher eingetreten ist (§ 286 BGB). Während des Verzugs ist eine Geldschuld zu verzinsen (§ 288 BGB).",
		"Good to know: default begins when a notice after the due date is received, such as this reminder, unless it has begun before (§ 286 of the German Civil Code, BGB). During default a debt bears interest (§ 288 BGB).")
	if interest {
		texts = append(texts, d.interestBasis())
	}
	add(flat,
		"Pauschale: Ist ein Unternehmen im Verzug, kann der Gläubiger einmal 40 Euro verlangen; sie werden auf Kosten der Rechtsverfolgung angerechnet (§ 288 Absatz 5 BGB).",
		"Lump sum: where a business is in default, the creditor can ask for 40 euros once; it is set off against the costs of legal action (§ 288 (5) BGB).")
	add(fees,
		"Mahnkosten: Sie können nachweisen, dass uns durch den Verzug kein Schaden oder ein wesentlich niedrigerer Schaden entstanden ist; dann zahlen Sie nur diesen.",
		"Dunning costs: you may prove that the default has caused us no damage or a considerably lower one; you then pay that one only.")
	add(top == furtherDunning,
		"Wie es weitergeht: Ist die Rechnung nach Ablauf der Frist noch offen und haben wir nichts von Ihnen gehört, kann sie an ein Inkassounternehmen übergeben werden.",
		"What comes next: if the invoice is still open after that day and we have not heard from you, it can be handed over to a collection agency.")
	return texts
}

// interestBasis is § 288 BGB in plain words.
func (d *dunningLetter) interestBasis() string {
	if d.b2b {
		return d.say(
			"Verzugszinsen: Unternehmen schulden im Verzug neun Prozentpunkte über dem Basiszinssatz im Jahr (§§ 247, 288 Absatz 2 BGB), für jeden Tag auf den dann offenen Rechnungsbetrag.",
			"Default interest: a business in default owes nine percentage points above the base rate per year (§§ 247, 288 (2) BGB), for each day on the amount of the invoice open then.")
	}
	return d.say(
		"Verzugszinsen: Im Verzug sind fünf Prozentpunkte über dem Basiszinssatz im Jahr zu zahlen (§§ 247, 288 Absatz 1 BGB), für jeden Tag auf den dann offenen Rechnungsbetrag.",
		"Default interest: in default five percentage points above the base rate per year are owed (§§ 247, 288 (1) BGB), for each day on the amount of the invoice open then.")
}
