package formats

import "github.com/kontor-exchange/kontor/processor/purchase"

// Words of the reports that stand nowhere else as a list.

func words[T ~string](of ...T) []string {
	all := make([]string, len(of))
	for i, w := range of {
		all[i] = string(w)
	}
	return all
}

func rowCodes() []purchase.Code {
	return []purchase.Code{
		purchase.FileEncoding, purchase.FileHeader, purchase.FileTrailer, purchase.FileTruncated, purchase.FileEmpty,
		purchase.FileTooLarge, purchase.FileDialect, purchase.FileNotYours,
		purchase.RowColumns, purchase.FieldRequired, purchase.FieldFormat, purchase.FieldRange, purchase.FieldLength,
		purchase.WrongCurrency, purchase.UnknownOrder, purchase.UnknownInvoice, purchase.UnknownAccount, purchase.NotAccepted,
		purchase.OverApproved, purchase.OverCredit, purchase.DuplicateRow, purchase.ConflictRow, purchase.Closed,
		purchase.UnknownColumn, purchase.ReturnAssumed, purchase.ChangedImmaterial,
	}
}

func codesOfDecisions() []purchase.Code {
	return []purchase.Code{
		purchase.OK, purchase.DataMissing, purchase.WrongCurrency, purchase.Country, purchase.AgeLimit, purchase.LimitOrder,
		purchase.AddressMismatch, purchase.OverdueExists, purchase.LimitOpenSum, purchase.Reviewed,
	}
}

// states of a claim, see [purchase.ClaimState].
func states() []string {
	return []string{"OPEN", "PARTIALLY_PAID", "PAID", "OVERPAID", "GUARANTEED", "IN_DUNNING", "COLLECTION", "CREDITED"}
}

// holds are the reasons for which a notice waits.
func holds() []string {
	return []string{
		purchase.HoldDunning, purchase.HoldDispute, purchase.HoldReturned, "PAYMENT_WAITING", "STATEMENT_OLD", "BASE_RATE",
	}
}

func lineTypes() []purchase.LineType {
	return []purchase.LineType{
		purchase.LineOpening, purchase.LineCollection, purchase.LineGuarantee, purchase.LineAfterGuarantee, purchase.LineReturn,
		purchase.LineCredit, purchase.LineReinstated, purchase.LineDirectPayment, purchase.LineChargeback, purchase.LineReversal,
		purchase.LinePayoutReturned, purchase.LineFee, purchase.LineVAT, purchase.LinePayout, purchase.LineClosing,
	}
}
