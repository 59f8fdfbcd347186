package main

import "github.com/spf13/cobra"

// commands are all commands, in the order in which a newcomer meets them.
func (p *program) commands() []*cobra.Command {
	return []*cobra.Command{
		p.demoCommand(),
		p.initCommand(),
		p.checkCommand(),
		p.serveCommand(),
		p.runCommand(),
		p.scheduleCommand(),
		p.statusCommand(),
		p.traceCommand(),
		p.filesCommand(),
		p.ordersCommand(),
		p.claimsCommand(),
		p.paymentsCommand(),
		p.payoutsCommand(),
		p.refundsCommand(),
		p.ledgerCommand(),
		p.forecastCommand(),
		p.rerunCommand(),
		p.resendCommand(),
		p.rebuildCommand(),
		p.auditCommand(),
		p.verifyCommand(),
		p.exportCommand(),
		p.samplesCommand(),
		p.versionCommand(),
	}
}
