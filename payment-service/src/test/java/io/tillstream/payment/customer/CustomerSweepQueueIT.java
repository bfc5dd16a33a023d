package io.tillstream.payment.customer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.simulated.SimulatedStripe;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Whom Stripe refuses to delete keeps nobody's name in the tables but their own. */
class CustomerSweepQueueIT extends SimulatedStripe {

    private static final int STUCK = 45; // more than two batches

    @Autowired
    private CustomerSweepQueue queue;

    @Autowired
    private CustomerDeletionSweep sweep;

    @BeforeEach
    void nobodyElsesAreDue() {
        execute("update customers set deletion_ask_at = now() + interval '1 day' where leaving");
        execute("update customers set default_ask_at = now() + interval '1 day' where default_due is not null");
    }

    @AfterEach
    void nobodyElseFindsThem() {
        STRIPE.delete("/_simulator/faults");
        execute("delete from former_customers where user_id like '" + user + "-%'");
        execute("delete from customers where user_id like '" + user + "-%'");
    }

    private void leaving(String name, int count, int attempts, String since) {
        execute("""
                insert into customers (user_id, leaving, deletion_attempts, deletion_ask_at)
                select '%s-%s-' || n, true, %d, now() - interval '%s' from generate_series(1, %d) n""".formatted(user, name, attempts, since, count));
    }

    private void firstCards(String name, int count, int attempts, String since) {
        execute("""
                insert into customers (user_id, default_due, default_attempts, default_ask_at)
                select '%s-%s-' || n, 'pm_gone', %d, now() - interval '%s' from generate_series(1, %d) n""".formatted(user, name, attempts, since, count));
    }

    private void isNotKeptByOthers(List<String> claimed) {
        assertThat(claimed).containsOnlyOnce(user + "-new-1");
        assertThat(claimed.get(0)).isEqualTo(user + "-new-1");
        assertThat(claimed.stream()
                        .filter(one -> one.startsWith(user + "-stuck"))
                        .count())
                .isBetween(1L, 10L);
    }

    @Test
    void aDeletionOfTodayWaitsForNoneThatStripeRefusesForLong() {
        leaving("stuck", STUCK, 30, "3 hours");
        leaving("new", 1, 0, "1 minute");
        isNotKeptByOthers(
                queue.claimDeletions().map(Customer::userId).collectList().block(WAIT));
    }

    @Test
    void aFirstCardOfTodayWaitsForNoneThatStripeRefusesForLong() {
        firstCards("stuck", STUCK, 30, "3 hours");
        firstCards("new", 1, 0, "1 minute");
        isNotKeptByOthers(queue.claimDefaults()
                .map(CustomerSweepQueue.FirstCard::userId)
                .collectList()
                .block(WAIT));
    }

    @ParameterizedTest
    @CsvSource({"0, 30", "1, 60", "2, 120", "6, 1920", "7, 3600", "60, 3600"})
    void theRestsOfBothBeginWithHalfAMinuteAndDouble(int attempts, long seconds) {
        leaving("new", 1, attempts, "1 minute");
        firstCards("card", 1, attempts, "1 minute");

        var unused = queue.claimDeletions().collectList().block(WAIT);
        var unusedToo = queue.claimDefaults().collectList().block(WAIT);

        String rests = " between " + (seconds - 20) + " and " + seconds + " from customers where user_id like '" + user;
        assertThat(texts("select extract(epoch from deletion_ask_at - now())" + rests + "-new-%'"))
                .containsExactly("t");
        assertThat(texts("select extract(epoch from default_ask_at - now())" + rests + "-card-%'"))
                .containsExactly("t");
    }

    @Test
    void aRoundDoesNotRestWhileSomebodyIsToBeDeleted() {
        leaving("new", STUCK, 0, "1 minute"); // none is known to Stripe

        sweep.round().block(WAIT);

        assertThat(texts("select user_id from customers where leaving and user_id like '" + user + "-%'"))
                .isEmpty();
    }

    @Test
    void whatRestsIsDueAtOnceWhenStripeIsBackButNotAnOwnRequestThatIsUnderWay() {
        leaving("stuck", 1, 9, "-1 day");
        leaving("asking", 1, 0, "-1 day");
        firstCards("card", 1, 9, "-1 day");

        stripeIsBack();

        assertThat(due()).containsExactly(user + "-card-1", user + "-stuck-1");
    }

    /** Each fault of its own wakes all that rest: Stripe would be asked for all of these twice a minute, for ever. */
    @Test
    void whatFailedForADayIsNotDueWithEachFault() {
        leaving("poison", STUCK, 30, "-1 day");
        firstCards("poisoned", STUCK, 30, "-1 day");
        sinceADay();
        leaving("stuck", 1, 29, "-1 day");
        firstCards("card", 1, 29, "-1 day");

        stripeIsBack();

        assertThat(due()).containsExactly(user + "-card-1", user + "-stuck-1");
    }

    private void sinceADay() {
        execute("update customers set updated_at = now() - interval '1 day' where user_id like '" + user + "-%'");
    }

    /** Each of its returns wakes all, and is over at once: whoever is to be deleted would wait for hours after the last. */
    @Test
    void whatFailedOftenWhileStripeCameAndWentIsDueWhenItIsBack() {
        leaving("flapped", 1, 40, "-1 hour");
        firstCards("card", 1, 40, "-1 hour");

        stripeIsBack();

        assertThat(due()).containsExactly(user + "-card-1", user + "-flapped-1");
    }

    /** What other tests left is due then too. */
    private void stripeIsBack() {
        var unused =
                queue.makeDeletionsDue().repeat().takeUntil(more -> more == 0).blockLast(WAIT);
        var unusedToo =
                queue.makeDefaultsDue().repeat().takeUntil(more -> more == 0).blockLast(WAIT);
    }

    private List<String> due() {
        return texts("select user_id from customers where user_id like '" + user
                + "-%' and (deletion_ask_at <= now() or default_ask_at <= now()) order by user_id");
    }
}
