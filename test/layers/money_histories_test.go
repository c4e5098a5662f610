package layers

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// histories are what may happen around a purchase, and where each is followed. Those of package purchase follow every interleaving within bounds (a
// scenario or a rule is named behind the test), those of controller/order run the reconciler on a real API server and kill it at its writes, those
// of cmd/operator run the real program, which is killed or stopped, on a real etcd, which is put back.
var histories = []struct {
	what  string
	tests []string
}{
	1: {"killed before or after each write and each request", []string{
		"cmd/operator.TestKilledAtAnyRequestAnOrderIsPaidOnce", "internal/controller/order.TestAnOrderThatIsKilledAnywhereIsPaidOnce",
		"internal/controller/order.TestARegistrationThatIsKilledAnywhereIsPaidOnce", "internal/controller/order.TestATransferThatIsKilledAnywhereIsPaidOnce",
		"internal/controller/order.TestARestorationThatIsKilledAnywhereIsPaidOnce",
	}},
	2: {"a leader that is stopped between its write and its request", []string{
		"cmd/operator.TestAStoppedLeaderPaysNothingWhenItGoesOn", "internal/purchase.TestNothingIsPaidTwice/edited while paused",
		"internal/purchase.TestEachRuleIsNeeded/8, decisions that grow old",
	}},
	3: {"the same, and the Domain is deleted meanwhile", []string{
		"cmd/operator.TestAStoppedLeaderPaysNothingWhenItGoesOn", "internal/purchase.TestNothingIsPaidTwice/edited while paused",
	}},
	4: {"a request that is carried out after its sender gave up", []string{
		"cmd/operator.TestARequestThatArrivesLateBuysNothingASecondTime", "internal/purchase.TestNothingIsPaidTwice/requests late",
		"internal/purchase.TestNothingIsPaidTwice/paid in one step",
	}},
	5: {"paid, the effect hours later, the Order removed by hand", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll", "internal/controller/order.TestAnOrderThatSomebodyRemovesIsNotPaidAgain",
	}},
	6: {"the cluster put back to each state", []string{
		"cmd/operator.TestAClusterThatIsPutBackBuysNothingAgain",
		"internal/controller/order.TestAClusterThatIsPutBackPaysNothingTwice", "internal/purchase.TestNothingIsPaidTwice/restored",
	}},
	7: {"the same, with the process alive through it", []string{
		"cmd/operator.TestOperatorsThatOutliveAClusterBuyNothingAgain",
		"internal/purchase.TestNothingIsPaidTwice/restored after a loss",
	}},
	8: {"put back so soon that nobody notices", []string{
		"cmd/operator.TestARestoreThatNobodyNoticesPaysNothingTwice", "internal/controller/order.TestAClusterThatIsPutBackUnnoticedPaysNothingTwice",
		"internal/purchase.TestNothingIsPaidTwice/restored, nobody notices",
	}},
	9: {"put back, then deleted or refused before the late effect shows", []string{
		"cmd/operator.TestAClusterThatIsPutBackBuysNothingAgain", "cmd/operator.TestARestoreThatNobodyNoticesPaysNothingTwice",
		"internal/purchase.TestLongHistoriesKeepThePromises",
	}},
	10: {"a new cluster from Git", []string{
		"cmd/operator.TestANewClusterFromGitBuysNothingThatIsPaid",
		"cmd/operator.TestTwoClustersAndTwoOperatorsOfOneLoginBuyOnce",
		"internal/controller/order.TestANewClusterFromGitPaysNothingAgain", "internal/controller/order.TestANewClusterFromGitRegistersNothingAgain",
	}},
	11: {"years edited, and two Domains with different ones", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll", "internal/controller/order.TestWhatNobodyAsksForAnyMoreIsNotPaid", "internal/purchase.TestNothingIsPaidTwice/edited"}},
	12: {"lists and details a day apart, time zones, 29 February", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll", "internal/controller/domain.TestDatesThatDifferByADayMakeOneOrder", "internal/purchase.TestAYearIsReachedAndADayIsNot", "internal/purchase.TestWherePodsRunDecidesNothing"}},
	13: {"the way of payment ignored, and the answer lost", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll", "internal/controller/order.TestAPayTypeThatIsIgnoredIsPaidOnce",
		"internal/purchase.TestNothingIsPaidTwice/pay type ignored",
	}},
	14: {"1,999 for 199, and a ceiling for one", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll", "internal/controller/order.TestTheBillsOwnPriceCounts",
		"internal/purchase.TestNothingIsPaidTwice/a ceiling for one",
	}},
	15: {"no money at the payment, and a bill that pays itself", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll", "internal/controller/order.TestWithoutMoneyForThePaymentTheBillGoesFirst",
	}},
	16: {"people's bills, and people at ours", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll", "internal/controller/order.TestAPersonsBillIsNeitherPaidNorDeleted",
		"internal/purchase.TestNothingIsPaidTwice/people at our bill", "internal/purchase.TestNothingIsPaidTwice/a second order refused",
	}},
	17: {"refused and mended, refunded, lost and made again", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll",
		"internal/controller/domain.TestARenewalThatWasRefusedIsOrderedAgainWhenTheSpecChanges", "internal/controller/domain.TestARenewalThatIsRefundedIsNotBoughtAgainByItself",
		"internal/controller/domain.TestADomainThatWasLostIsNotBoughtAgain",
	}},
	18: {"the registrar's own renewal a second before", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll", "internal/purchase.TestNothingIsPaidTwice/autorenew",
	}},
	19: {"the last minute of a month, and clocks that are off", []string{
		"cmd/operator.TestNoMoneyMovesWhileTheRegistrarsClockIsTwoDaysOff", "internal/controller/order.TestAClockThatIsSetRightLetsOrdersGoOn",
		"internal/controller/order.TestAnOrderOfTheMonthsLastMinuteCountsInTheMonthInWhichItIsPaid", "internal/purchase.TestTheMonthIsMoscowsAndNeverGoesBack",
		"internal/account.TestTheClockOfThePodCountsForNothing", "internal/controller/order.TestNoMoneyMovesWhileTheClocksDisagree",
	}},
	20: {"names that run together, logins in two spellings, two operators", []string{
		"cmd/operator.TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll", "cmd/operator.TestTwoClustersAndTwoOperatorsOfOneLoginBuyOnce",
		"internal/purchase.TestAnOrderHasANameAndAKeyOfItsOwn", "internal/account.TestHoweverALoginIsSpelledItIsOne",
		"internal/controller/order.TestTheOpenOrdersOfAnotherDeploymentAreLeftToIt",
	}},
}

// rules are where each rule of money is held: what goes wrong without it.
var rules = map[int]string{
	1: "internal/controller.TestACacheThatIsLateMakesNoSecondOrder", 2: "internal/controller/order.TestAnOrderOfSomebodyElseIsRefused",
	3: "internal/purchase.TestTheOpenOrdersOfALoginBelongToOneDeployment", 4: "internal/controller/order.TestAnOldOrderGoesAndTheLastOneOfADomainStays",
	5: "internal/controller/domain.TestARenewalThatIsRefundedIsNotBoughtAgainByItself", 6: "internal/purchase.TestEachRuleIsNeeded/6, a key that is derived",
	7: "internal/account.TestTheClockOfThePodCountsForNothing", 8: "internal/purchase.TestEachRuleIsNeeded/8, decisions that grow old",
	9: "internal/purchase.TestEachRuleIsNeeded/9 and 10, waiting after a gap", 10: "internal/purchase.TestEachRuleIsNeeded/10, waiting for effects",
	11: "internal/purchase.TestAnApprovalIsForOnePurchaseAtOnePrice", 12: "internal/purchase.TestEachRuleIsNeeded/19 and 20, an entry for each order",
	13: "internal/purchase.TestEachRuleIsNeeded/13, the last paid day", 14: "internal/purchase.TestEachRuleIsNeeded/14, looking before ordering again",
	15: "internal/purchase.TestEachRuleIsNeeded/15, no inference", 16: "internal/purchase.TestEachRuleIsNeeded/16, the dwell",
	17: "internal/purchase.TestEachRuleIsNeeded/17, intent", 18: "internal/purchase.TestEachRuleIsNeeded/18, deleting before closing",
	19: "internal/purchase.TestEachRuleIsNeeded/19 and 20, an entry for each order", 20: "internal/purchase.TestEachRuleIsNeeded/20, the ceiling of the true price",
	21: "internal/purchase.TestWhatMayHaveBeenSpentStaysBooked", 22: "internal/purchase.TestEachRuleIsNeeded/22, epochs",
	23: "internal/purchase.TestEachRuleIsNeeded/23, a ledger that begins", 24: "internal/purchase.TestEachRuleIsNeeded/24, one call ever",
}

func TestEachHistoryAndEachRuleOfMoneyHasItsTest(t *testing.T) {
	tests := map[string]string{} // of a folder
	check := func(what, test string) {
		folder, name, _ := strings.Cut(test, ".")
		name, part, inPart := strings.Cut(name, "/")
		if tests[folder] == "" {
			tests[folder] = testsOf(t, folder)
		}
		if !regexp.MustCompile(`(?m)^func ` + name + `\(`).MatchString(tests[folder]) {
			t.Errorf("%s: there is no %s", what, test)
		}
		if inPart && !strings.Contains(tests[folder], `"`+part+`":`) {
			t.Errorf("%s: %s has no part %q", what, name, part)
		}
	}
	if len(histories) != 21 || len(rules) != 24 {
		t.Errorf("%d histories, %d rules", len(histories)-1, len(rules))
	}
	for n, h := range histories {
		for _, test := range h.tests {
			check(fmt.Sprintf("history %d, %s", n, h.what), test)
		}
		if n > 0 && len(h.tests) == 0 {
			t.Errorf("history %d has no test", n)
		}
	}
	for n := range 24 {
		check(fmt.Sprintf("rule %d", n+1), rules[n+1])
	}
}

// testsOf is the text of the tests in a folder.
func testsOf(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("../../"+folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
