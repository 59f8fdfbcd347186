package main

import "github.com/kontor-exchange/kontor/processor/purchase"

// defaults is the configuration before a file is read, so that what the file
// says explicitly holds, 0 included.
func defaults() *Config {
	return &Config{
		DataDir:   "./data",
		Database:  "sqlite",
		Zone:      "Europe/Berlin",
		Language:  "de",
		Log:       Log{Level: "info", Format: "auto"},
		BatchMax:  numberOf(50_000),
		MaxFile:   sizeOf("5GiB"),
		Role:      "both",
		Provider:  Provider{Wait: durationOf("2m"), Bank: defaultDrop(), Letters: defaultDrop(), Collection: defaultDrop()},
		Schedules: defaultSchedules(),
		Alerts:    defaultAlerts(),
	}
}

func defaultSchedules() Schedules {
	return Schedules{
		Collect:   "*/5 * * * *",
		Transmit:  "*/5 * * * *",
		Guarantee: "0 4 * * *",
		Dunning:   "0 5 * * *",
		Payout:    "0 6 * * MON",
		Deliver:   "*/5 * * * *",
	}
}

func defaultDrop() Drop {
	return Drop{Profile: "kontor", Settle: durationOf("10s"), After: "remove", KeepDays: numberOf(90)}
}

// defaultMerchant has the terms of a merchant that names none.
func defaultMerchant() Merchant {
	return Merchant{
		Currency:     "EUR",
		Profile:      "kontor",
		ERP:          defaultDrop(),
		AssumeReturn: true,
		TermDays:     numberOf(14),
		ParkDays:     numberOf(14),
		ReportStyle:  "excel-de",
		Credit: Credit{
			Countries:        []string{"DE"},
			MinAge:           numberOf(18),
			OrderMin:         amountOf("1.00"),
			OrderMax:         amountOf("1500.00"),
			OpenSumMax:       amountOf("2500.00"),
			AddressMismatch:  "allow",
			AddressAllowUpTo: amountOf("300.00"),
			OverdueLevel:     numberOf(2),
			ValidDays:        numberOf(60),
		},
		Fees:      Fees{Percent: percentOf("2.50"), Fixed: amountOf("0.50"), VAT: percentOf("19.00")},
		Guarantee: Guarantee{Days: numberOf(30), Anchor: "activation", AnnouncedHoldDays: numberOf(21)},
		Payout:    Payout{Min: amountOf("0.01")},
		Allocation: Allocation{
			Within: []string{purchase.PayCharges, purchase.PayInterest, purchase.PayPrincipal},
			Across: purchase.ExactThenOldest,
		},
		Dunning: Dunning{
			After:             []number{numberOf(7), numberOf(7), numberOf(10), numberOf(14)},
			Fee:               []amount{amountOf("0.00"), amountOf("2.50"), amountOf("2.50"), amountOf("0.00")},
			Min:               amountOf("5.00"),
			StatementBankDays: numberOf(3),
			LetterDays:        numberOf(3),
			B2BFlat:           amountOf("40.00"),
			B2CPoints:         percentOf("5.00"),
			B2BPoints:         percentOf("9.00"),
		},
	}
}

// UnmarshalYAML sets the defaults of a merchant before it is decoded.
func (m *Merchant) UnmarshalYAML(decode func(any) error) error {
	type plain Merchant
	v := plain(defaultMerchant())
	if err := decode(&v); err != nil {
		return err
	}
	*m = Merchant(v)
	return nil
}
