// Package account turns Account objects into connections to REG.API, one lane and budget per login.
//
// REG.API counts requests per user and asks for one at a time (1.2), so everything in the process that works for a
// login has to go through the same lane and pay the same budget: the controllers and both webhooks. [Directory] is
// where they get their [Connection] from; nobody else makes one. It decides which Secret an Account stands on, and which login
// that is; who may use it is for package tenancy. A Connection has
//
//   - a regapi.Client, for everything that is asked for seldom, with the policies of package traffic;
//   - the batches of package batch, for reading and writing zones;
//   - the inventory of package inventory, for what is known without asking.
//
// What an Account says counts for nobody else before REG.API has accepted its credentials: proof.go says how that is found out, and
// probes.go how seldom it may fail. Then a [Login] is known by its endpoint in canonical form and the number of its user, and
// lanes.go has what its Accounts share. Credentials come from Secrets that are meant for REG.API, and go to [Endpoints] alone.
//
// A connection outlives its Secret, and an Account that is being deleted serves the removal of records: orphan.go says how long.
//
// Budgets survive the process in a [ConfigMapLedger]. The package reads Accounts, Secrets and Namespaces, and writes nothing
// else to the API server. It imports the packages named above, the budgets, pauses and the API types, and neither zones nor
// controllers. Directory and Connection are safe for concurrent use; nil ones are of no use. The Directory owns the goroutines
// of the sweeps, and its Start waits for them.
//
// Start reading at Directory.Refresh.
package account
