package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** However Stripe's events of a first payment come, who paid has the plan, and other systems are told so once. */
class StartDeliveriesIT {

    private static final String[] TOLD = {
        "subscription.created", "subscription.activated", "invoice.paid", "entitlement.granted"
    };

    /** The same for each way in which events came. */
    private static void assertBegunOnce(Starting who, String id) {
        who.seesStatus(id, "active");
        who.seesAccess();
        await("the bill of " + id + " is paid, and others are told")
                .atMost(User.PATIENCE)
                .untilAsserted(() -> {
                    assertThat(who.bills(id))
                            .anyMatch(bill -> bill.path("status").asString().equals("paid"));
                    assertThat(who.told()).contains(TOLD);
                });
        Quiet.await();
        assertThat(who.status(id)).isEqualTo("active");
        assertThat(who.features()).containsExactly(Starting.FEATURE + " full");
        assertThat(who.bills(id)).singleElement().satisfies(bill -> {
            assertThat(bill.path("status").asString()).isEqualTo("paid");
            assertThat(bill.at("/amountPaid/amount").asLong()).isEqualTo(Starting.PRICE);
        });
        JsonNode here = who.user().get("/api/subscriptions/" + id).expect(200).json();
        assertThat(who.liveAtStripe()).singleElement().satisfies(there -> {
            assertThat(there.path("status").asString()).isEqualTo("active");
            assertThat(here.path("paymentMethodId").asString(""))
                    .isEqualTo(there.path("default_payment_method").asString(""));
        });
        assertThat(who.told()).containsExactlyInAnyOrder(TOLD);
    }

    @ParameterizedTest
    @CsvSource({"2022-08-01, hal", "2024-06-20, ida"})
    void eventsInTheShapeOfAnOlderVersion(String version, String name) {
        Starting who = Starting.of(name);
        try (var older = Deliveries.plant(who.user(), "older_version", "\"api_version\": \"" + version + "\"")) {
            assertThat(older.id()).isNotEmpty();
            Answer begun = who.begins();
            who.pays(begun);

            assertBegunOnce(who, begun.id());
        }
    }

    @Test
    void eventsThatComeThreeTimes() {
        Starting jon = Starting.of("jon");
        try (var thrice = Deliveries.plant(jon.user(), "duplicate", "\"copies\": 2")) {
            assertThat(thrice.id()).isNotEmpty();
            Answer begun = jon.begins();
            jon.pays(begun);

            assertBegunOnce(jon, begun.id());
        }
    }

    @ParameterizedTest
    @CsvSource({"REVERSED, kim", "SHUFFLED, lea"})
    void eventsInAnotherOrderEachOfThemTwice(AnyOrderIT.Sequence sequence, String name) {
        Starting who = Starting.of(name);
        try (Deliveries.Held held = Deliveries.hold(who.user())) {
            Answer begun = who.begins();
            who.pays(begun);

            held.release(sequence::of);

            assertBegunOnce(who, begun.id());
        }
    }

    @Test
    void eventsOfTheSubscriptionThatNeverComeAreNotNeededByWhoWaits() {
        Starting max = Starting.of("max");
        try (var lost = Deliveries.plant(max.user(), "drop", "\"types\": \"customer.subscription.*\"")) {
            assertThat(lost.id()).isNotEmpty();
            Answer begun = max.begins();
            max.pays(begun);
            Quiet.await();

            assertThat(max.user()
                            .get("/api/subscriptions/" + begun.id() + "/settlement?wait=2s")
                            .expect(200)
                            .text("/state"))
                    .isEqualTo("active");
            assertBegunOnce(max, begun.id());
        }
    }

    @Test
    void eventsThatAreAllLostAndSentAgainLater() {
        Starting nora = Starting.of("nora");
        Answer begun;
        try (var lost = Deliveries.plant(nora.user(), "drop")) {
            assertThat(lost.id()).isNotEmpty();
            begun = nora.begins();
            nora.pays(begun);
            assertThat(nora.user()
                            .get("/api/subscriptions/" + begun.id() + "/settlement?wait=1s")
                            .expect(200)
                            .text("/state"))
                    .isEqualTo("active");
        }

        lost(nora).forEach(event -> Simulator.control(
                        "POST", "/events/" + event.path("id").asString() + "/resend", "{}")
                .expect(200));

        assertBegunOnce(nora, begun.id());
    }

    private static List<JsonNode> lost(Starting who) {
        String customer = who.atStripe().get(0).path("customer").asString();
        return Simulator.control("GET", "/events?customer=" + customer, null)
                .expect(200)
                .json()
                .path("events")
                .valueStream()
                .toList();
    }
}
