// Package purchase knows how money is spent once: what the next step of an order is, and what has to be written before it is taken.
//
// It is a pure machine. [Decide] takes an order, what is recorded of it, what was seen just now at the registrar and in the cluster, and the
// time; it gives one [Step]: a record to write, and at most one thing to do after that. [Answered] takes what a call answered back into the
// record. [Ledger] is the month's money: bookings, epochs and the ceiling. Nothing here makes a request, reads a clock or writes anything.
//
// The rules, and the numbers that comments give them:
//
//   - An order has a name of its own, a domain and an ordinal (1), says what is bought and never how much that may cost (2), and derives from
//     itself the key under which the registrar knows it (6).
//   - Money follows the registrar's clock (7), decisions grow old in half a minute (8), and after a gap in which somebody else may have put
//     the cluster back to an older state nobody takes a step for [Settling] (9, 10).
//   - A step is written before it is taken. An order is quoted (11), reserved (12), looked at twice (13), placed as a bill that moves no money
//     (14), of which the number proves whose it is (15), paid by that number (16) as long as somebody asks for it (17), and settled by its
//     effect (18).
//   - The ledger has an entry for each order, by month and epoch, within today's ceiling (19 to 23).
//   - An order that pays in one step has one call ever (24).
//
// Of rule 3, which Deployment a login belongs to, the ledger keeps (Claim). Rules 4 and 5 are about objects, and kept by who makes them.
//
// The tests explore every history of a small world within bounds, with a registrar that loses answers and acts late, processes that die
// between any two steps, and a cluster that is put back; a rule is tested by hiding from the machine what the rule stands on.
//
// The package stands on the protocol alone, and imports no Kubernetes package. Its values are plain; all functions are safe for concurrent
// use. Start reading at Decide.
package purchase
