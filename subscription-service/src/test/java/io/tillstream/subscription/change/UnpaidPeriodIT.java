package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stripe credits what is left of a period also before it is paid: that credit would pay for plans that nobody paid. */
class UnpaidPeriodIT extends Subscriber {

    private static final String FEWER = "{'quantity':1,'when':'now'}";

    private long credit() {
        return -STRIPE.get("/v1/customers/" + customer).path("balance").asLong();
    }

    private void tenMinutesIntoTheNextPeriod() {
        Instant end = Instant.ofEpochSecond(
                shownAtStripe().at("/items/data/0/current_period_end").asLong());
        STRIPE.advance(Duration.between(Instant.now(), end).plusMinutes(10).toString());
        assertThat(shownAtStripe().path("status").asString()).isEqualTo("active");
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("draft");
    }

    private void giveNoCredit() {
        refused(act("quote", "{'quantity':1}"), 409, "period-not-paid");
        refused(act("change", FEWER), 409, "period-not-paid");
        refused(act("change", "{'planId':'starter-monthly','when':'now'}"), 409, "period-not-paid");
        assertThat(credit()).isZero();
    }

    /** A hundred seats for a year would be credited for a card that never pays. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theYearAfterATrialGivesNoCreditBeforeItIsPaid(boolean told) {
        subscribes("pro-yearly", 100, "&trial_period_days=14");
        pays(EMPTY_CARD);
        tenMinutesIntoTheNextPeriod();
        if (told) {
            deliverAll();
        } else {
            news();
        }

        giveNoCredit();
        ok(act("change", "{'quantity':1,'when':'period_end'}"));
    }

    @Test
    void aRenewalGivesCreditOnceItIsPaid() {
        subscribes("pro-monthly", 5);
        tenMinutesIntoTheNextPeriod();
        String before = ok(act("change", "{'quantity':5,'planId':'pro-yearly','when':'period_end'}"))
                .path("id")
                .asString();
        assertThat(before).isEqualTo(id);
        ok(act("change/revoke", ""));
        giveNoCredit();

        STRIPE.advance("PT1H");
        deliverAll();
        ok(act("change", FEWER));

        assertThat(credit()).isPositive();
    }

    /** Our row still knows the period before, which is paid. */
    @Test
    void aRenewalThatWasNotToldYetIsFoundToBePaid() {
        subscribes("pro-monthly", 5);
        tenMinutesIntoTheNextPeriod();
        STRIPE.advance("PT1H");
        news();

        ok(act("change", FEWER));

        assertThat(credit()).isPositive();
    }

    /** A subscription that was taken over has years of them: their payments are no news. */
    @Test
    void theInvoicesOfPeriodsBeforeAreNotLearnedOfByTheWay() {
        subscribes("pro-monthly", 5);
        String old = invoices().get(0).path("id").asString();
        execute("delete from invoices where stripe_invoice_id = '" + old + "'");
        tenMinutesIntoTheNextPeriod();
        STRIPE.advance("PT1H");
        news();

        ok(act("change", FEWER));

        assertThat(texts("select stripe_invoice_id from invoices where subscription_id = '" + id + "'"))
                .isNotEmpty()
                .doesNotContain(old);
    }

    @Test
    void anInvoiceThatIsSentGivesNoCreditBeforeItIsPaid() {
        subscribes("pro-monthly", 5, "&collection_method=send_invoice&days_until_due=30");
        assertThat(column("status")).isEqualTo("active");
        giveNoCredit();
        STRIPE.post("/v1/invoices/" + invoices().get(0).path("id").asString() + "/finalize", "");
        deliverAll();
        giveNoCredit();

        STRIPE.post("/v1/invoices/" + invoices().get(0).path("id").asString() + "/pay", "");
        deliverAll();
        ok(act("change", FEWER));
    }

    @Test
    void aPeriodWhoseInvoiceTheShopVoidedCanBeUsedButGivesNoCredit() {
        subscribes("pro-monthly", 5);
        tenMinutesIntoTheNextPeriod();
        String renewal = invoices().get(0).path("id").asString();
        STRIPE.post("/v1/invoices/" + renewal + "/finalize", "auto_advance=false");
        STRIPE.post("/v1/invoices/" + renewal + "/void", "");
        deliverAll();
        assertThat(column("status")).isEqualTo("active");

        giveNoCredit();
    }

    /** The invoice of the change is the one that the new period began with. */
    @Test
    void aYearThatBeganWithAChangeGivesCredit() {
        subscribes("pro-monthly", 2);
        ok(act("change", "{'planId':'pro-yearly','quantity':2,'when':'now'}"));
        news();

        ok(act("change", FEWER));

        assertThat(credit()).isPositive();
    }
}
