package main

import "github.com/spf13/cobra"

// commands are all commands, in the order in which a newcomer meets them.
func (p *program) commands() []*cobra.Command {
	return []*cobra.Command{
		p.demoCommand(),
		p.initCommand(),
		p.checkCommand(),
		p.profileCommand(),
		p.serveCommand(),
		p.runCommand(),
		p.scheduleCommand(),
		p.statusCommand(),
		p.alertsCommand(),
		p.doctorCommand(),
		p.traceCommand(),
		p.filesCommand(),
		p.atProvider(p.ordersCommand()),
		p.atProvider(p.claimsCommand()),
		p.atProvider(p.paymentsCommand()),
		p.atProvider(p.payoutsCommand()),
		p.atProvider(p.refundsCommand()),
		p.atProvider(p.ledgerCommand()),
		p.atProvider(p.forecastCommand()),
		p.rerunCommand(),
		p.resendCommand(),
		p.rebuildCommand(),
		p.atProvider(p.reverseCommand()),
		p.auditCommand(),
		p.verifyCommand(),
		p.exportCommand(),
		p.samplesCommand(),
		p.versionCommand(),
	}
}
