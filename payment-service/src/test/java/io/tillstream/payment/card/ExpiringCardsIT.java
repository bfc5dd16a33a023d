package io.tillstream.payment.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.simulated.SimulatedStripe;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class ExpiringCardsIT extends SimulatedStripe {

    @Autowired
    private ExpiringCards expiring;

    private void expire(YearMonth month) {
        execute("update cards set exp_month = " + month.getMonthValue() + ", exp_year = " + month.getYear()
                + " where user_id = '" + user + "'");
    }

    @Test
    void anExpiringCardIsToldOnceForEachExpiry() {
        assertThat(saved("pm_card_visa")).startsWith("pm_");
        expiring.round().block(WAIT);
        assertThat(told()).containsExactly("payment_method.saved.v1");
        YearMonth soon;
        do { // once more where the month ended before the round looked
            soon = YearMonth.now(ZoneOffset.UTC);
            expire(soon);
            expiring.round().block(WAIT);
        } while (told().size() == 1 && !soon.equals(YearMonth.now(ZoneOffset.UTC)));
        expiring.round().block(WAIT);
        assertThat(told()).containsExactly("payment_method.saved.v1", "payment_method.expiring.v1");
    }
}
