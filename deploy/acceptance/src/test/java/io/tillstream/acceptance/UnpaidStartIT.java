package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A plan whose first bill is not paid within a day. */
@Alone(Stage.CLOCK)
class UnpaidStartIT {

    @AfterEach
    void presentTime() {
        Simulator.control("PUT", "/clock", "{\"reset\": true}").expect(200);
    }

    @Test
    void whoDoesNotPayTheFirstBillGetsNothingAndMayBeginAgain() {
        Starting amy = Starting.of("amy");
        Answer unpaid = amy.begins();
        assertThat(unpaid.text("/status")).isEqualTo("incomplete");
        assertThat(unpaid.text("/clientSecret")).contains("_secret_");
        assertThat(unpaid.text("/clientSecretFor")).isEqualTo("payment");

        Simulator.control("PUT", "/clock", "{\"advance\": \"PT24H\"}").expect(200);

        amy.seesStatus(unpaid.id(), "incomplete_expired");
        Quiet.await();
        assertThat(amy.features()).isEmpty();
        assertThat(amy.toldOfAccess()).isEmpty();
        assertThat(amy.liveAtStripe()).isEmpty();

        Answer again = amy.begins();
        assertThat(again.id()).isNotEqualTo(unpaid.id());
        amy.pays(again);

        amy.seesStatus(again.id(), "active");
        amy.seesAccess();
        assertThat(amy.status(unpaid.id())).isEqualTo("incomplete_expired");
        Quiet.await();
        assertThat(amy.toldOfAccess()).containsExactly("entitlement.granted");
    }
}
