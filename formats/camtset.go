package formats

import (
	"strings"
	"unicode"
)

// Which element of a statement is which of its values.

// set takes the text of an element; the path is relative to the statement.
func (s *bankStatement) set(path, text, currency string) {
	switch path {
	case "/Id":
		s.id = text
	case "/ElctrncSeqNb":
		s.sequence = text
	case "/StmtPgntn/PgNb", "/NtfctnPgntn/PgNb":
		s.page = text
	case "/StmtPgntn/LastPgInd", "/NtfctnPgntn/LastPgInd":
		s.lastPage = text
	case "/Acct/Id/IBAN", "/Acct/Id/Othr/Id":
		s.account = account(text)
	case "/Acct/Ccy":
		s.currency = text
	default:
		if rest, ok := strings.CutPrefix(path, "/Bal/"); ok && len(s.balances) > 0 {
			s.balances[len(s.balances)-1].set(rest, text, currency)
		}
	}
}

func (b *bankBalance) set(path, text, currency string) {
	switch path {
	case "Tp/CdOrPrtry/Cd":
		b.code = text
	case "Amt":
		b.amount = bankAmount{text, currency}
	case "CdtDbtInd":
		b.sign = text
	case "Dt/Dt", "Dt/DtTm":
		b.date = text
	}
}

func (e *bankEntry) set(path, text, currency string) {
	switch path {
	case "NtryRef":
		e.reference = text
	case "AcctSvcrRef":
		e.servicer = text
	case "Amt":
		e.amount = bankAmount{text, currency}
	case "CdtDbtInd":
		e.sign = text
	case "RvslInd":
		e.reversal = text
	case "Sts", "Sts/Cd", "Sts/Prtry":
		e.status = text
	case "BookgDt/Dt", "BookgDt/DtTm":
		e.booked = text
	case "ValDt/Dt", "ValDt/DtTm":
		e.valued = text
	case "NtryDtls/Btch/NbOfTxs":
		e.batch = text
	case "AddtlInfInd/MsgNmId":
		e.elsewhere = text
	case "AddtlNtryInf":
		e.info = text
	}
}

func (d *bankDetail) set(path, text, currency string) {
	switch path {
	case "Refs/AcctSvcrRef":
		d.servicer = text
	case "Refs/EndToEndId":
		d.endToEnd = text
	case "Refs/TxId":
		d.transaction = text
	case "Amt":
		d.amount = bankAmount{text, currency}
	case "AmtDtls/TxAmt/Amt":
		d.inside = bankAmount{text, currency}
	case "AmtDtls/InstdAmt/Amt":
		if d.inside.value == "" {
			d.inside = bankAmount{text, currency}
		}
	case "CdtDbtInd":
		d.sign = text
	case "AddtlTxInf":
		d.info = text
	case "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/AddtlInf":
		d.reason = append(d.reason, text)
	default:
		d.setParty(path, text)
		d.setRemittance(path, text)
	}
}

// setParty knows both forms of a party: with a choice (Pty) since .001.08.
func (d *bankDetail) setParty(path, text string) {
	switch path {
	case "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm":
		d.debtor.name = text
	case "RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm":
		d.debtor.ultimate = text
	case "RltdPties/DbtrAcct/Id/IBAN", "RltdPties/DbtrAcct/Id/Othr/Id":
		d.debtor.account = text
	case "RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm":
		d.creditor.name = text
	case "RltdPties/UltmtCdtr/Nm", "RltdPties/UltmtCdtr/Pty/Nm":
		d.creditor.ultimate = text
	case "RltdPties/CdtrAcct/Id/IBAN", "RltdPties/CdtrAcct/Id/Othr/Id":
		d.creditor.account = text
	}
}

func (d *bankDetail) setRemittance(path, text string) {
	switch path {
	case "RmtInf/Strd/CdtrRefInf/Ref":
		d.structured = append(d.structured, text)
	case "RmtInf/Ustrd":
		d.free = append(d.free, text)
	case "RmtInf/Strd/RfrdDocInf/Nb":
		d.documents = append(d.documents, text)
	case "RmtInf/Strd/AddtlRmtInf":
		d.more = append(d.more, text)
	}
}

// remittance is the text by which a payment finds its claim: creditor
// references first, because a long text is cut at its end.
func (d *bankDetail) remittance(e *bankEntry) string {
	parts := append(append(append([]string(nil), d.structured...), d.free...), d.documents...)
	parts = append(parts, d.more...)
	if len(parts) == 0 {
		parts = append(parts, d.info)
	}
	if len(parts) == 1 && parts[0] == "" {
		parts[0] = e.info
	}
	return cut(strings.TrimSpace(strings.Join(append(parts, d.reason...), " ")), maxText)
}

// plainLine makes one line of a text: what separates words is one blank.
func plainLine(text []byte) string {
	return strings.Join(strings.FieldsFunc(string(text), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return strings.TrimSpace(s[:i])
		}
		n--
	}
	return s
}
