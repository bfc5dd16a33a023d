package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;

/** A user with a trial, whose bank account pays what follows it in days, or never. */
abstract class DebitPayer extends Subscriber {

    protected static final String FULL = "reading-room full";
    protected static final String TRIAL = "&trial_period_days=14";
    protected static final String NEVER_PAYS = "pm_usBankAccount_processing";
    protected static final String LONGER_THAN_A_CARD = "1621 minutes";

    @Autowired
    private AccessSweep sweep;

    protected void tried() {
        subscribes("starter-monthly", 1, TRIAL);
        pays(NEVER_PAYS);
        STRIPE.advance("P14DT2H");
        deliverAll();
        isOnItsWay();
    }

    protected void isOnItsWay() {
        assertThat(column("status"))
                .isEqualTo(shownAtStripe().path("status").asString())
                .isEqualTo("active");
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("open");
        assertThat(texts("select status from invoices where subscription_id = '" + id
                        + "' order by issued_at desc limit 1"))
                .containsExactly("open");
        assertThat(features()).as("for as long as a card may need").containsExactly(FULL);
    }

    /** As if the invoice had been open for as long, and nothing had been told since. */
    protected void passes(String interval) {
        execute("update invoices set open_since = open_since - interval '" + interval + "' where subscription_id = '"
                + id + "'");
        execute("update entitlement_sources set changes_at = now() - interval '1 second' where source = '" + id
                + "' and grade <> 'none'");
        sweeps();
    }

    protected void sweeps() {
        sweep.round().block(WAIT);
    }

    protected List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user
                + "' and grade <> 'none' order by 1");
    }
}
