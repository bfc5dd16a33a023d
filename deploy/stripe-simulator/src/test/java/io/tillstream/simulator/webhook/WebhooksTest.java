package io.tillstream.simulator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.model.WebhookEndpoint;
import com.stripe.param.EventListParams;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointUpdateParams;
import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.WebhookReceiver;
import io.tillstream.simulator.state.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class WebhooksTest extends RunningSimulator {
    private final WebhookReceiver receiver = new WebhookReceiver();
    private WebhookEndpoint endpoint = new WebhookEndpoint();

    @BeforeEach
    void listen() throws StripeException {
        control("POST", "reset", "");
        endpoint = stripe.v1()
                .webhookEndpoints()
                .create(WebhookEndpointCreateParams.builder()
                        .setUrl(receiver.url())
                        .addEnabledEvent(WebhookEndpointCreateParams.EnabledEvent.ALL)
                        .putMetadata("of", "test")
                        .build());
        receiver.trusting(endpoint.getSecret());
    }

    @AfterEach
    void stopListening() {
        control("POST", "reset", "");
        receiver.close();
    }

    private String customer() {
        return json(raw(SECRET_KEY, "POST", "/v1/customers", "name=hook"))
                .path("id")
                .asString();
    }

    private Event eventOf(String object) throws StripeException {
        return stripe.v1().events().list().getData().stream()
                .filter(event -> event.toJson().contains(object))
                .findFirst()
                .orElseThrow();
    }

    private void eventually(Runnable assertion) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(assertion::run);
    }

    @Test
    void anEndpointShowsItsSecretOnlyWhenMade() throws StripeException {
        assertThat(endpoint.getSecret()).startsWith("whsec_");
        WebhookEndpoint read = stripe.v1().webhookEndpoints().retrieve(endpoint.getId());
        assertThat(read.getSecret()).isNull();
        assertThat(read.getMetadata()).containsEntry("of", "test");
        assertThat(read.getEnabledEvents()).containsExactly("*");
        assertThat(stripe.v1().webhookEndpoints().list().getData()).hasSize(1);
    }

    @Test
    void anEndpointElsewhereIsRefused() {
        InvalidRequestException error = refused(InvalidRequestException.class, () -> stripe.v1()
                .webhookEndpoints()
                .create(WebhookEndpointCreateParams.builder()
                        .setUrl("http://example.com/hook")
                        .addEnabledEvent(WebhookEndpointCreateParams.EnabledEvent.ALL)
                        .build()));
        assertThat(error.getCode()).isEqualTo("url_invalid");
    }

    @Test
    void anEventArrivesSignedAndIsThenDelivered() throws StripeException {
        String customer = customer();
        eventually(() -> assertThat(receiver.typesOf(customer)).containsExactly("customer.created"));
        WebhookReceiver.Received got = receiver.received().get(0);
        assertThat(got.userAgent()).startsWith("Stripe/1.0");
        assertThat(got.event().getPendingWebhooks()).isEqualTo(1);
        assertThat(got.event().getDataObjectDeserializer().getObject()).isPresent();
        String id = got.event().getId();
        eventually(() -> assertThat(json(raw(SECRET_KEY, "GET", "/v1/events/" + id, ""))
                        .path("pending_webhooks")
                        .asInt())
                .isZero());
        assertThat(stripe.v1()
                        .events()
                        .list(EventListParams.builder().setDeliverySuccess(true).build())
                        .getData())
                .extracting(Event::getId)
                .contains(id);
    }

    @Test
    void onlyEnabledEventsAreSent() throws StripeException {
        stripe.v1()
                .webhookEndpoints()
                .update(
                        endpoint.getId(),
                        WebhookEndpointUpdateParams.builder()
                                .addEnabledEvent(WebhookEndpointUpdateParams.EnabledEvent.CUSTOMER__DELETED)
                                .build());
        String customer = customer();
        raw(SECRET_KEY, "DELETE", "/v1/customers/" + customer, "");
        eventually(() -> assertThat(receiver.typesOf(customer)).containsExactly("customer.deleted"));
        stripe.v1()
                .webhookEndpoints()
                .update(
                        endpoint.getId(),
                        WebhookEndpointUpdateParams.builder().setDisabled(true).build());
        assertThat(stripe.v1().webhookEndpoints().retrieve(endpoint.getId()).getStatus())
                .isEqualTo("disabled");
    }

    @Test
    void everythingBut2xxIsTriedAgainAfterGrowingWaits() throws StripeException {
        receiver.answerNext(500, 302);
        String customer = customer();
        eventually(() -> assertThat(outcomes(customer)).containsExactly("failed"));
        assertThat(undelivered()).containsExactly(eventOf(customer).getId());
        assertThat(eventOf(customer).getPendingWebhooks()).isEqualTo(1);
        control("PUT", "clock", "{'advance': 'PT1H'}");
        eventually(() -> assertThat(outcomes(customer)).containsExactly("failed", "failed"));
        control("PUT", "clock", "{'advance': 'PT2H'}");
        eventually(() -> assertThat(outcomes(customer)).containsExactly("failed", "failed", "delivered"));
        assertThat(undelivered()).isEmpty();
        assertThat(receiver.typesOf(customer)).hasSize(3);
    }

    @Test
    void anEndpointThatStaysAwayIsGivenUp() throws StripeException {
        receiver.answerNext(
                new Integer[] {500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500});
        String customer = customer();
        for (int i = 1; i <= 16; i++) {
            int attempts = i;
            eventually(() -> assertThat(outcomes(customer)).hasSize(attempts));
            control("POST", "deliveries/retry", "");
        }
        assertThat(outcomes(customer).get(15)).isEqualTo("given_up");
        Event event = eventOf(customer);
        assertThat(event.getPendingWebhooks()).isZero();
        assertThat(undelivered()).containsExactly(event.getId());
        assertThat(control("POST", "events/" + event.getId() + "/resend", "{}").path("deliveries"))
                .allMatch(sent -> Json.is(sent, "outcome", "delivered"));
        assertThat(undelivered()).isEmpty();
    }

    @Test
    void eventsAreFilteredByTypeAndTime() throws StripeException {
        String customer = customer();
        raw(SECRET_KEY, "POST", "/v1/customers/" + customer, "name=other");
        Event updated = eventOf(customer);
        assertThat(stripe.v1()
                        .events()
                        .list(EventListParams.builder().setType("customer.*").build())
                        .getData())
                .hasSize(2);
        assertThat(stripe.v1()
                        .events()
                        .list(EventListParams.builder()
                                .addType("customer.updated")
                                .setCreated(EventListParams.Created.builder()
                                        .setGte(updated.getCreated())
                                        .build())
                                .build())
                        .getData())
                .extracting(Event::getId)
                .containsExactly(updated.getId());
        assertThat(raw(SECRET_KEY, "GET", "/v1/events?type=a.b&types[]=c.d", "").statusCode())
                .isEqualTo(400);
    }

    @Test
    void heldEventsAreReleasedInAnyOrderAndTwice() {
        control("POST", "deliveries/hold", "{'types': 'customer.*'}");
        String customer = customer();
        raw(SECRET_KEY, "POST", "/v1/customers/" + customer, "name=other");
        raw(SECRET_KEY, "DELETE", "/v1/customers/" + customer, "");
        List<String> held = new ArrayList<>();
        for (JsonNode each : control("GET", "deliveries/held", "").path("held")) {
            held.add(each.path("event").asString());
        }
        assertThat(held).hasSize(3);
        String order = "'" + held.get(2) + "','" + held.get(0) + "','" + held.get(1) + "','" + held.get(0) + "'";
        control("POST", "deliveries/release", "{'events': [" + order + "]}");
        assertThat(receiver.typesOf(customer))
                .containsExactly("customer.deleted", "customer.created", "customer.updated", "customer.created");
        assertThat(control("GET", "deliveries/held", "").path("held")).isEmpty();
        assertThat(undelivered()).isEmpty();
    }

    @Test
    void whatIsHeldOrLostForOneBuyerReachesUsForAllOthers() {
        String kim = customerWith("kim");
        String lea = customerWith("lea");
        String ofKim = control("POST", "deliveries/hold", "{'metadata': {'user_id': 'kim'}}")
                .path("hold")
                .asString();
        String ofLea = control("POST", "deliveries/hold", "{'metadata': {'user_id': 'lea'}}")
                .path("hold")
                .asString();
        String paid = "amount=500&currency=usd&payment_method=pm_card_visa&confirm=true"
                + "&payment_method_types[]=card&customer=";
        String payment = json(raw(SECRET_KEY, "POST", "/v1/payment_intents", paid + kim))
                .path("id")
                .asString();
        raw(SECRET_KEY, "POST", "/v1/refunds", "payment_intent=" + payment);
        raw(SECRET_KEY, "POST", "/v1/customers/" + lea, "name=other");
        String other = customer();
        eventually(() -> assertThat(receiver.typesOf(other)).containsExactly("customer.created"));
        assertThat(receiver.typesOf(payment)).isEmpty();
        assertThat(control("GET", "deliveries/held?hold=" + ofKim, "").path("held"))
                .extracting(each -> each.path("type").asString())
                .contains("payment_intent.succeeded", "charge.succeeded", "refund.created");

        control("POST", "deliveries/release", "{'order': 'recorded', 'hold': '" + ofKim + "'}");

        assertThat(receiver.typesOf(payment)).contains("payment_intent.created", "payment_intent.succeeded");
        assertThat(receiver.typesOf(lea)).containsExactly("customer.created");
        assertThat(control("GET", "deliveries/held?hold=" + ofLea, "").path("held"))
                .hasSize(1);
        fault("{'kind': 'drop', 'metadata': {'user_id': 'kim'}}");
        raw(SECRET_KEY, "POST", "/v1/customers/" + kim, "name=other");
        raw(SECRET_KEY, "POST", "/v1/customers/" + other, "name=other");
        eventually(() -> assertThat(receiver.typesOf(other)).contains("customer.updated"));
        assertThat(receiver.typesOf(kim)).contains("customer.created").doesNotContain("customer.updated");
    }

    private String customerWith(String user) {
        String id = json(raw(SECRET_KEY, "POST", "/v1/customers", "name=hook&metadata[user_id]=" + user))
                .path("id")
                .asString();
        eventually(() -> assertThat(receiver.typesOf(id)).containsExactly("customer.created"));
        return id;
    }

    @Test
    void deliveriesGoWrongAsTold() {
        fault("{'kind': 'duplicate', 'types': 'customer.created', 'times': 1, 'copies': 2}");
        String doubled = customer();
        eventually(() -> assertThat(receiver.typesOf(doubled)).hasSize(3));
        fault("{'kind': 'drop', 'times': 1}");
        String dropped = customer();
        eventually(() -> assertThat(undelivered()).hasSize(1));
        fault("{'kind': 'lost_answer', 'times': 1}");
        String answered = customer();
        eventually(() -> assertThat(outcomes(answered)).containsExactly("failed"));
        fault("{'kind': 'delay', 'times': 1, 'delay_millis': 50}");
        String delayed = customer();
        eventually(() -> assertThat(receiver.typesOf(delayed)).hasSize(1));
        fault("{'kind': 'older_version', 'times': 1, 'api_version': '2022-08-01'}");
        String older = customer();
        eventually(() -> assertThat(receiver.typesOf(older)).hasSize(1));
        assertThat(receiver.received())
                .filteredOn(got -> got.body().contains(older))
                .allMatch(got -> got.event().getApiVersion().equals("2022-08-01"));
        assertThat(receiver.typesOf(dropped)).isEmpty();
    }

    @Test
    void aReorderGathersAndTurnsAround() {
        fault("{'kind': 'reorder', 'times': 2, 'window': 2}");
        String first = customer();
        String second = customer();
        eventually(() -> assertThat(receiver.received()).hasSize(2));
        eventually(() -> assertThat(outcomes(first)).containsExactly("delivered"));
        eventually(() -> assertThat(outcomes(second)).containsExactly("delivered"));
    }

    private void fault(String json) {
        control("POST", "deliveries/faults", json);
    }

    private List<String> outcomes(String object) {
        List<String> outcomes = new ArrayList<>();
        for (JsonNode each : control("GET", "deliveries?object=" + object, "").path("deliveries")) {
            outcomes.add(each.path("outcome").asString());
        }
        return outcomes;
    }

    private List<String> undelivered() {
        List<String> ids = new ArrayList<>();
        for (JsonNode event : json(raw(SECRET_KEY, "GET", "/v1/events?delivery_success=false&limit=100", ""))
                .path("data")) {
            ids.add(event.path("id").asString());
        }
        return ids;
    }
}
