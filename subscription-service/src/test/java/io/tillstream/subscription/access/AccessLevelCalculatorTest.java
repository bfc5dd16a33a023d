package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.access.SubscriptionPaymentSummary.Bill;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.DefaultResourceLoader;

class AccessLevelCalculatorTest {

    private static final Instant NOW = Instant.parse("2027-03-20T10:00:00Z");
    private static final Instant PERIOD_END = NOW.plus(Duration.ofDays(10));

    private final AccessLevelCalculator rules =
            new AccessLevelCalculator(DunningFile.read("classpath:dunning.yaml", new DefaultResourceLoader()));

    private static AccessFacts facts(String status, boolean earned, int owedDays, @Nullable Instant cancelAt) {
        Instant since = NOW.minus(Duration.ofDays(owedDays));
        return new AccessFacts(
                SubscriptionStatus.of(status),
                earned,
                earned,
                false,
                null,
                since,
                since,
                PERIOD_END,
                cancelAt,
                null,
                null);
    }

    @ParameterizedTest
    @CsvSource({
        "starting, true, 0, none",
        "failed, true, 0, none",
        "incomplete, true, 0, none",
        "incomplete_expired, true, 0, none",
        "trialing, true, 0, full",
        "active, true, 0, full",
        "active, false, 0, none",
        "past_due, true, 0, full",
        "past_due, true, 3, limited",
        "past_due, true, 20, limited",
        "past_due, true, 21, none",
        "past_due, false, 0, none",
        "unpaid, true, 0, none",
        "paused, true, 0, none",
        "canceled, true, 0, none"
    })
    void accessIsGivenForWhatIsPaidOrTriedAndTakenStepByStepFromWhoOwes(
            String status, boolean earned, int owedDays, String grade) {
        assertThat(rules.given(facts(status, earned, owedDays, null), NOW)
                        .grade()
                        .text())
                .isEqualTo(grade);
    }

    @Test
    void aTrialIsNoPaymentThatWouldGiveItsUserTheDaysOfWhoOwes() {
        var tried = new AccessFacts(
                SubscriptionStatus.PAST_DUE, true, false, false, null, NOW, NOW, PERIOD_END, null, null, null);
        assertThat(rules.given(tried, NOW).grade()).isEqualTo(AccessLevel.NONE);
    }

    @Test
    void untilIsTheEndOfWhatIsPaidOrTheEndThatIsPlannedOrWhenTheDebtorIsBlocked() {
        assertThat(rules.given(facts("active", true, 0, null), NOW).until()).isEqualTo(PERIOD_END);
        Instant cancelAt = NOW.plus(Duration.ofDays(2));
        assertThat(rules.given(facts("active", true, 0, cancelAt), NOW).until()).isEqualTo(cancelAt);
        AccessLevelCalculator.GrantedAccess owing = rules.given(facts("past_due", true, 4, null), NOW);
        assertThat(owing.until()).isEqualTo(NOW.plus(Duration.ofDays(17)));
        assertThat(owing.changesAt()).isEqualTo(owing.until());
    }

    private static Bill bill(String status, int issuedDaysAgo, @Nullable Integer failedDaysAgo) {
        return new Bill(
                status,
                status.equals("paid"),
                NOW.minus(Duration.ofDays(issuedDaysAgo)),
                null,
                failedDaysAgo == null ? null : NOW.minus(Duration.ofDays(failedDaysAgo)),
                null,
                true,
                false,
                false,
                SubscriptionPaymentSummary.Back.NOTHING);
    }

    private static AccessFacts unpaid(boolean everPaidMoney, Duration since) {
        return new AccessFacts(
                SubscriptionStatus.ACTIVE,
                true,
                everPaidMoney,
                false,
                NOW.minus(since),
                NOW,
                NOW,
                PERIOD_END,
                null,
                null,
                null);
    }

    /** For the hours in which a card may be charged everything would be taken, told of, and given anew. */
    @Test
    void whatATrialGaveIsKeptForTheHoursInWhichACardPaysAndTakenWhileADebitIsOnItsWay() {
        AccessLevelCalculator.GrantedAccess charged =
                rules.given(unpaid(false, Duration.ofHours(27).minusMinutes(1)), NOW);
        assertThat(charged.grade()).isEqualTo(AccessLevel.FULL);
        assertThat(charged.changesAt()).isEqualTo(NOW.plus(Duration.ofMinutes(1)));
        assertThat(charged.until()).isEqualTo(charged.changesAt());
        assertThat(rules.given(unpaid(false, Duration.ofHours(27)), NOW).grade())
                .isEqualTo(AccessLevel.NONE);
        assertThat(rules.given(unpaid(true, Duration.ofDays(4)), NOW).grade())
                .as("who has paid before")
                .isEqualTo(AccessLevel.FULL);
    }

    private static Bill open(String status, @Nullable Instant coversUntil) {
        return new Bill(
                status,
                status.equals("paid"),
                NOW,
                NOW,
                null,
                coversUntil,
                true,
                false,
                false,
                SubscriptionPaymentSummary.Back.NOTHING);
    }

    @Test
    void aBillIsUnpaidWhileItIsOpenOrWrittenOffAndNoneThatSomebodyWroteByHand() {
        for (String status : List.of("open", "uncollectible")) {
            assertThat(SubscriptionPaymentSummary.of(List.of(open(status, PERIOD_END), open("paid", NOW)))
                            .unpaidSince())
                    .as(status)
                    .isEqualTo(NOW);
        }
        for (String status : List.of("draft", "paid", "void")) {
            assertThat(SubscriptionPaymentSummary.of(List.of(open(status, PERIOD_END), open("paid", NOW)))
                            .unpaidSince())
                    .as(status)
                    .isNull();
        }
        assertThat(SubscriptionPaymentSummary.of(List.of(open("open", null))).unpaidSince())
                .isNull();
    }

    /** Stripe calls the subscription active all the same, and makes another draft each month: a trial would never end. */
    @Test
    void aDraftThatStripeCannotFinalizeIsUnpaid() {
        var stuck = new Bill(
                "draft", false, NOW, NOW, null, PERIOD_END, true, false, true, SubscriptionPaymentSummary.Back.NOTHING);
        assertThat(SubscriptionPaymentSummary.of(List.of(stuck, open("paid", NOW)))
                        .unpaidSince())
                .isEqualTo(NOW);
        assertThat(SubscriptionPaymentSummary.of(List.of(open("paid", PERIOD_END), stuck))
                        .unpaidSince())
                .isNull();
    }

    /** The plan of before is theirs for the whole period, whatever the change costs and whether it is paid. */
    @Test
    void anUpgradeThatIsNotPaidTakesNothingOfAMonthThatCostNothing() {
        var upgrade = new Bill(
                "open",
                false,
                NOW,
                NOW,
                null,
                PERIOD_END,
                false,
                false,
                false,
                SubscriptionPaymentSummary.Back.NOTHING);
        var month = covering(PERIOD_END, true, SubscriptionPaymentSummary.Back.NOTHING);
        assertThat(SubscriptionPaymentSummary.of(List.of(upgrade, month)).unpaidSince())
                .isNull();
    }

    @Test
    void aBillThatWasWrittenOffLongAgoTakesNothingOfWhatWasPaidSince() {
        var change = covering(PERIOD_END, false, SubscriptionPaymentSummary.Back.NOTHING);
        assertThat(SubscriptionPaymentSummary.of(List.of(open("paid", PERIOD_END), open("uncollectible", NOW)))
                        .unpaidSince())
                .isNull();
        assertThat(SubscriptionPaymentSummary.of(List.of(change, open("open", PERIOD_END)))
                        .unpaidSince())
                .as("a change does not pay for the period")
                .isEqualTo(NOW);
    }

    private static AccessFacts uncollected(int paidUntilInDays) {
        Instant paidUntil = NOW.plus(Duration.ofDays(paidUntilInDays));
        return new AccessFacts(
                SubscriptionStatus.ACTIVE, true, true, true, null, NOW, paidUntil, PERIOD_END, null, null, null);
    }

    @Test
    void whatNobodyCollectsIsGivenToTheEndOfWhatIsPaidAndNoLonger() {
        AccessLevelCalculator.GrantedAccess paid = rules.given(uncollected(3), NOW);
        assertThat(paid.grade()).isEqualTo(AccessLevel.FULL);
        assertThat(paid.until()).isEqualTo(NOW.plus(Duration.ofDays(3)));
        assertThat(paid.changesAt()).isEqualTo(NOW.plus(Duration.ofDays(3)));
        assertThat(rules.given(uncollected(0), NOW).grade()).isEqualTo(AccessLevel.NONE);
        assertThat(rules.given(uncollected(-300), NOW).grade()).isEqualTo(AccessLevel.NONE);
    }

    @Test
    void aBillThatWasDroppedInAPauseIsNotPaid() {
        Instant until = NOW.plus(Duration.ofDays(5));
        var paid = new Bill(
                "paid",
                true,
                NOW.minus(Duration.ofDays(31)),
                null,
                null,
                NOW,
                true,
                false,
                false,
                SubscriptionPaymentSummary.Back.NOTHING);
        for (String status : List.of("void", "uncollectible", "draft")) {
            var dropped = new Bill(
                    status, false, NOW, null, null, until, true, true, false, SubscriptionPaymentSummary.Back.NOTHING);
            assertThat(SubscriptionPaymentSummary.of(List.of(dropped, paid)).dropped())
                    .as(status)
                    .isTrue();
        }
        assertThat(SubscriptionPaymentSummary.of(List.of(
                                new Bill(
                                        "void",
                                        false,
                                        NOW,
                                        null,
                                        null,
                                        until,
                                        true,
                                        false,
                                        false,
                                        SubscriptionPaymentSummary.Back.NOTHING),
                                paid))
                        .dropped())
                .as("an operator's gift")
                .isFalse();
        assertThat(SubscriptionPaymentSummary.of(List.of(
                                new Bill(
                                        "draft",
                                        false,
                                        NOW,
                                        null,
                                        null,
                                        null,
                                        true,
                                        true,
                                        false,
                                        SubscriptionPaymentSummary.Back.NOTHING),
                                paid))
                        .dropped())
                .as("written by hand")
                .isFalse();
        assertThat(SubscriptionPaymentSummary.of(List.of(paid)).paidUntil()).isEqualTo(NOW);
    }

    @Test
    void aDebtBeginsWithTheFirstFailureSinceSomethingWasSettled() {
        assertThat(SubscriptionPaymentSummary.of(
                                List.of(bill("open", 1, 1), bill("open", 31, 30), bill("paid", 61, 60)))
                        .owedSince())
                .isEqualTo(NOW.minus(Duration.ofDays(30)));
        assertThat(SubscriptionPaymentSummary.of(
                                List.of(bill("open", 1, 1), bill("paid", 31, 28), bill("open", 61, 60)))
                        .owedSince())
                .as("the newer bill was paid: that made the subscription active again")
                .isEqualTo(NOW.minus(Duration.ofDays(1)));
        assertThat(SubscriptionPaymentSummary.of(List.of(bill("paid", 1, 1), bill("open", 31, 30)))
                        .owedSince())
                .isNull();
    }

    @Test
    void whatWasWrittenOffIsOwedOnlyWhileItIsTheNewest() {
        assertThat(SubscriptionPaymentSummary.of(List.of(bill("uncollectible", 20, 19)))
                        .owedSince())
                .isEqualTo(NOW.minus(Duration.ofDays(19)));
        assertThat(SubscriptionPaymentSummary.of(List.of(bill("open", 1, 1), bill("uncollectible", 200, 199)))
                        .owedSince())
                .isEqualTo(NOW.minus(Duration.ofDays(1)));
    }

    @Test
    void draftsAndBillsThatNobodyTriedToCollectAreNotOwed() {
        assertThat(SubscriptionPaymentSummary.of(List.of(bill("draft", 0, null), bill("open", 1, null)))
                        .owedSince())
                .isNull();
        assertThat(SubscriptionPaymentSummary.of(List.of(bill("open", 1, null), bill("paid", 40, null)))
                        .newestPaid())
                .isEqualTo(NOW.minus(Duration.ofDays(40)));
    }

    @Test
    void moneyThatWentBackGivesWhatThePolicyLeavesWhateverTheStatusSays() {
        for (Instant[] back : new Instant[][] {{NOW, null}, {null, NOW}}) {
            var facts = new AccessFacts(
                    SubscriptionStatus.ACTIVE,
                    true,
                    true,
                    false,
                    null,
                    NOW,
                    PERIOD_END,
                    PERIOD_END,
                    null,
                    back[0],
                    back[1]);
            assertThat(rules.given(facts, NOW).grade()).isEqualTo(AccessLevel.NONE);
        }
    }

    @Test
    void anOlderRefundTakesNothingFromWhatIsPaidNowAnOpenDisputeDoes() {
        var refunded = new SubscriptionPaymentSummary.Back(null, null, NOW);
        var disputed = new SubscriptionPaymentSummary.Back(NOW, null, null);
        var lost = new SubscriptionPaymentSummary.Back(null, NOW, null);
        var paid = new Bill(
                "paid", true, NOW, null, null, PERIOD_END, true, false, false, SubscriptionPaymentSummary.Back.NOTHING);
        assertThat(SubscriptionPaymentSummary.of(List.of(paid, paid("paid", refunded)))
                        .refundedSince())
                .isNull();
        assertThat(SubscriptionPaymentSummary.of(List.of(paid("paid", refunded)))
                        .refundedSince())
                .isEqualTo(NOW);
        assertThat(SubscriptionPaymentSummary.of(List.of(paid, paid("paid", disputed)))
                        .disputedSince())
                .isEqualTo(NOW);
        assertThat(SubscriptionPaymentSummary.of(List.of(paid, paid("paid", lost)))
                        .disputedSince())
                .isNull();
        assertThat(SubscriptionPaymentSummary.of(List.of(paid("paid", lost))).disputedSince())
                .isEqualTo(NOW);
    }

    /** Who pays for one seat more and then takes back what the others cost would use them all. */
    @Test
    void whatIsPaidForAChangeDoesNotPayForWhatWentBack() {
        var lost = new SubscriptionPaymentSummary.Back(null, NOW, null);
        var refunded = new SubscriptionPaymentSummary.Back(null, null, NOW);
        var change = covering(PERIOD_END, false, SubscriptionPaymentSummary.Back.NOTHING);
        assertThat(SubscriptionPaymentSummary.of(List.of(change, covering(PERIOD_END, true, lost)))
                        .disputedSince())
                .isEqualTo(NOW);
        assertThat(SubscriptionPaymentSummary.of(List.of(change, covering(PERIOD_END, true, refunded)))
                        .refundedSince())
                .isEqualTo(NOW);
        assertThat(SubscriptionPaymentSummary.of(List.of(change, covering(PERIOD_END, false, refunded)))
                        .refundedSince())
                .as("an upgrade that the shop took back")
                .isNull();
    }

    /** A change on Stripe's portal costs a difference: it would pay for a month that nobody paid. */
    @Test
    void whatIsPaidForAChangeDoesNotPayForAMonthThatWasDropped() {
        var change = covering(PERIOD_END, false, SubscriptionPaymentSummary.Back.NOTHING);
        var dropped = new Bill(
                "void", false, NOW, null, null, PERIOD_END, true, true, false, SubscriptionPaymentSummary.Back.NOTHING);
        var before = covering(NOW, true, SubscriptionPaymentSummary.Back.NOTHING);
        SubscriptionPaymentSummary bills = SubscriptionPaymentSummary.of(List.of(change, dropped, before));
        assertThat(bills.dropped()).isTrue();
        assertThat(bills.paidUntil()).isEqualTo(NOW);
        assertThat(SubscriptionPaymentSummary.of(
                                List.of(change, covering(PERIOD_END, true, SubscriptionPaymentSummary.Back.NOTHING)))
                        .paidUntil())
                .isEqualTo(PERIOD_END);
    }

    /** The month itself is paid: its buyer keeps what they have, and may change it. */
    @Test
    void anUpgradeThatWasDroppedDoesNotMakeAPaidMonthUnpaid() {
        var upgrade = new Bill(
                "void",
                false,
                NOW,
                null,
                null,
                PERIOD_END,
                false,
                true,
                false,
                SubscriptionPaymentSummary.Back.NOTHING);
        var month = covering(PERIOD_END, true, SubscriptionPaymentSummary.Back.NOTHING);
        SubscriptionPaymentSummary bills = SubscriptionPaymentSummary.of(List.of(upgrade, month));
        assertThat(bills.dropped()).isFalse();
        assertThat(bills.paidUntil()).isEqualTo(PERIOD_END);
    }

    /** A year that is taken back would pay a cheaper plan by its credit for many months. */
    @Test
    void aYearThatWasLostToADisputeIsLostUntilItIsOver() {
        var lost = new SubscriptionPaymentSummary.Back(null, NOW, null);
        var year = covering(PERIOD_END.plus(Duration.ofDays(300)), true, lost);
        var month = covering(PERIOD_END, true, SubscriptionPaymentSummary.Back.NOTHING);
        assertThat(SubscriptionPaymentSummary.of(List.of(month, year)).disputedSince())
                .isEqualTo(NOW);
        assertThat(SubscriptionPaymentSummary.of(List.of(year, month)).disputedSince())
                .isEqualTo(NOW);
        assertThat(SubscriptionPaymentSummary.of(
                                List.of(month, covering(PERIOD_END.minus(Duration.ofDays(30)), true, lost)))
                        .disputedSince())
                .as("of a period that is over")
                .isNull();
    }

    private static Bill covering(Instant until, boolean opens, SubscriptionPaymentSummary.Back back) {
        return new Bill("paid", true, NOW, null, null, until, opens, false, false, back);
    }

    private static Bill paid(String status, SubscriptionPaymentSummary.Back back) {
        return new Bill(status, true, NOW.minus(Duration.ofDays(31)), null, null, NOW, true, false, false, back);
    }
}
