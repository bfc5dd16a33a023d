package io.tillstream.payment.customer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.simulated.SimulatedStripe;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An operator on the telephone finds who calls, by what they know of themselves. */
class CustomerSearchIT extends SimulatedStripe {

    private final String email = "Zen." + UUID.randomUUID() + "@example.com";

    @BeforeEach
    void registered() {
        post("/api/customers", "{'name':'Zenobia Smith','email':'" + email + "'}")
                .expectStatus()
                .isCreated();
    }

    private JsonNode search(String query) {
        return json(as("operator")
                        .get()
                        .uri("/api/admin/customers?" + query)
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("data");
    }

    private List<String> found(String query) {
        return search(query).valueStream().map(one -> one.path("id").asString()).toList();
    }

    @Test
    void aCustomerIsFoundByWhateverIsKnownOfThem() {
        saved("pm_card_visa");
        saved("pm_card_amex");
        String atStripe =
                search("userId=" + user).path(0).path("stripeCustomerId").asString();

        assertThat(found("userId=" + user)).containsExactly(user);
        assertThat(found("email=" + email.toUpperCase(Locale.ROOT))).containsExactly(user);
        assertThat(found("stripeCustomerId=" + atStripe)).containsExactly(user);
        assertThat(found("lastFour=0005&userId=" + user)).containsExactly(user);
        assertThat(found("lastFour=0005&limit=100")).contains(user);
        assertThat(found("lastFour=8431&userId=" + user)).isEmpty();
        assertThat(search("userId=" + user).at("/0/cards"))
                .extracting(card -> card.path("displayName").asString())
                .containsExactly("American Express •••• 0005", "Visa •••• 4242");
    }

    @Test
    void pagesGoThroughAllCustomersOnce() {
        JsonNode first =
                json(as("operator").get().uri("/api/admin/customers?limit=1").exchange());
        assertThat(first.at("/data/0/id").asString()).isEqualTo(user);
        assertThat(found("limit=100&cursor=" + first.path("nextCursor").asString()))
                .doesNotContain(user);
    }

    @Test
    void whoWasDeletedIsNotFoundByWhatTheyWere() {
        String atStripe =
                search("userId=" + user).path(0).path("stripeCustomerId").asString();
        as(user).delete().uri("/api/customers/me").exchange().expectStatus().isNoContent();

        assertThat(found("email=" + email)).isEmpty();
        assertThat(found("stripeCustomerId=" + atStripe))
                .as("old payments are still somebody's")
                .containsExactly(user);
        assertThat(search("userId=" + user).toString()).doesNotContain("Zenobia", email);
    }

    @Test
    void aUserFindsNobody() {
        as(user).get()
                .uri("/api/admin/customers?userId=" + user)
                .exchange()
                .expectStatus()
                .isForbidden();
    }
}
