package formats

import (
	"reflect"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// schemaOf returns the table of a feed, nil for a feed that does not exist.
func schemaOf(feed purchase.Feed) *schema {
	if feed < purchase.Orders || feed > purchase.Commands {
		return nil
	}
	return schemas[feed]
}

// schemas is never changed.
var schemas = map[purchase.Feed]*schema{
	purchase.Orders:        &orders,
	purchase.Invoices:      &invoices,
	purchase.Shipments:     &shipments,
	purchase.Returns:       &returns,
	purchase.Credits:       &credits,
	purchase.Cancellations: &cancellations,
	purchase.Payments:      &payments,
	purchase.Instructions:  &instructions,
	purchase.Commands:      &commands,
}

var orders = schema{
	feed: purchase.Orders, record: reflect.TypeFor[purchase.Order](), raw: new(rawOrder), sum: "gross_amount",
	columns: []column{
		must(document("order_no")), must(date("order_date")), must(currency()), must(amount("gross_amount")), tax(),
		must(number("customer_no")), or(choice("customer_type", purchase.B2C, purchase.B2B), purchase.B2C),
		text("salutation"), text("first_name"), text("last_name"), text("company"), text("vat_id"),
		date("birth_date"), text("email"), text("phone"), text("street"), text("house_no"), text("postcode"),
		text("city"), country("country"),
		text("ship_first_name"), text("ship_last_name"), text("ship_company"), text("ship_street"),
		text("ship_house_no"), text("ship_postcode"), text("ship_city"), country("ship_country"),
		days("term_days"), debtor(), consent(),
	},
}

var invoices = schema{
	feed: purchase.Invoices, record: reflect.TypeFor[purchase.Invoice](), raw: new(rawInvoice), sum: "gross_amount",
	columns: []column{
		must(document("invoice_no")), must(document("order_no")), must(date("invoice_date")), must(currency()),
		must(amount("gross_amount")), tax(), date("due_date"), days("term_days"),
		{name: "default_notice", kind: yesNoCell},
		debtor(),
	},
	after: func(record any) (string, string) {
		i := record.(*purchase.Invoice)
		return dueAfter(i.InvoiceDate, i.DueDate)
	},
}

var shipments = schema{
	feed: purchase.Shipments, record: reflect.TypeFor[purchase.Shipment](), raw: new(rawShipment), sum: "gross_amount",
	columns: []column{
		must(document("shipment_no")), must(document("order_no")), must(date("shipped_on")), must(document("invoice_no")),
		date("invoice_date"), currency(), amount("gross_amount"), tax(), date("due_date"),
		text("carrier"), text("tracking_no"),
	},
	after: func(record any) (string, string) {
		s := record.(*purchase.Shipment)
		return dueAfter(s.InvoiceDate, s.DueDate)
	},
}

// Columns of the returns feed that rules of other columns look at.
const (
	returnKind  = 1
	returnOrder = 3
)

func received(cells []string) bool { return cells[returnKind] == purchase.ReturnReceived }

func announced(cells []string) bool { return cells[returnKind] == purchase.ReturnAnnounced }

var returns = schema{
	feed: purchase.Returns, record: reflect.TypeFor[purchase.Return](), raw: new(rawReturn), sum: "gross_amount",
	columns: []column{
		must(document("return_no")),
		or(choice("kind", purchase.ReturnReceived, purchase.ReturnAnnounced), purchase.ReturnReceived),
		when(document("invoice_no"), func(cells []string) bool { return cells[returnOrder] == "" }),
		document("order_no"), must(date("returned_on")), currency(),
		{name: "gross_amount", kind: amountCell, need: received, zero: announced},
		text("reason"),
	},
	header: func(has func(string) bool) string {
		if has("invoice_no") || has("order_no") {
			return ""
		}
		return "invoice_no"
	},
}

var credits = schema{
	feed: purchase.Credits, record: reflect.TypeFor[purchase.Credit](), raw: new(rawCredit), sum: "gross_amount",
	columns: []column{
		must(document("credit_no")),
		or(choice("kind", purchase.Correction, purchase.Value, purchase.Goodwill), purchase.Correction),
		must(document("invoice_no")), must(date("credited_on")), currency(), must(amount("gross_amount")), tax(),
		document("return_no"), text("reason"),
	},
}

var cancellations = schema{
	feed: purchase.Cancellations, record: reflect.TypeFor[purchase.Cancellation](), raw: new(rawCancellation),
	columns: []column{
		must(document("cancel_no")), must(document("order_no")), must(date("cancelled_on")), text("reason"),
	},
}

var payments = schema{
	feed: purchase.Payments, record: reflect.TypeFor[purchase.Payment](), raw: new(rawPayment), sum: "amount",
	columns: []column{
		must(document("payment_id")), must(column{name: "account", kind: accountCell}), must(date("booked_on")),
		date("value_on"), must(column{name: "amount", kind: amountCell, minus: true}), must(currency()),
		text("debtor_name"),
		{name: "debtor_iban", kind: accountCell},
		text("reference"),
		inside(choice("purpose", purchase.PurposePayout, purchase.PurposeRefund, purchase.PurposeOther)), inside(text("end_to_end_id")),
	},
}

var instructions = schema{
	feed: purchase.Instructions, record: reflect.TypeFor[purchase.Instruction](), raw: new(rawInstruction), sum: "amount",
	columns: []column{
		must(document("instruction_no")),
		must(choice("kind", purchase.DueChange, purchase.Hold, purchase.Release, purchase.Dispute,
			purchase.DisputeClosed, purchase.DirectPayment)),
		must(document("invoice_no")), must(date("date")),
		when(amount("amount"), func(cells []string) bool { return cells[1] == purchase.DirectPayment }), text("reason"),
	},
}

// commands are written and read inside batches only.
var commands = schema{
	feed: purchase.Commands, record: reflect.TypeFor[purchase.Command](),
	columns: []column{
		must(document("command_no")), must(choice("kind", purchase.Decide, purchase.Assign, purchase.WriteOff, purchase.Recourse, purchase.PayRefund, purchase.Reverse)), must(date("date")),
		text("subject"), text("argument"), text("operator"), text("reason"),
	},
}

func dueAfter(invoiced, due schedules.Date) (column, want string) {
	if invoiced.IsZero() || due.IsZero() || due >= invoiced {
		return "", ""
	}
	return "due_date", wantDue
}
