package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Who is charged when, and what a shop is told of it. */
class CollectionTest extends Subscribing {
    private String path(JsonNode subscription) {
        return "/v1/subscriptions/" + Json.textOf(subscription, "id");
    }

    private List<String> lifeOf(JsonNode subscription) {
        JsonNode events = control("GET", "events?customer=" + Json.textOf(subscription, "customer"), "")
                .path("events");
        return StreamSupport.stream(events.spliterator(), false)
                .map(event -> Json.textOf(event, "type"))
                .filter(type -> type.startsWith("invoice.") || type.startsWith("customer.subscription."))
                .filter(type -> !type.equals("invoice.updated"))
                .toList();
    }

    @Test
    void aMonthIsToldFromItsAnnouncementToItsPayment() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        clock(end(made) + 7200);
        assertThat(lifeOf(made))
                .containsExactly(
                        "invoice.created",
                        "customer.subscription.created",
                        "invoice.finalized",
                        "invoice.paid",
                        "customer.subscription.updated",
                        "invoice.payment_succeeded",
                        "invoice.upcoming",
                        "invoice.created",
                        "customer.subscription.updated",
                        "invoice.finalized",
                        "invoice.paid",
                        "invoice.payment_succeeded");
    }

    @Test
    void aCardThatAsksForItsHolderActivatesOnceTheyWereThere() {
        String customer = payer("pm_card_authenticationRequired");
        ObjectNode made =
                subscribe(customer, price("Gold", 1000, "month"), "expand[]=latest_invoice.confirmation_secret");
        assertThat(Json.text(made, "status")).isEqualTo("incomplete");
        String secret =
                made.at("/latest_invoice/confirmation_secret/client_secret").asString();
        String intent = secret.substring(0, secret.indexOf("_secret_"));
        control("POST", "payment_intents/" + intent + "/authenticate", "{'success': true}");
        assertThat(Json.text(subscription(made), "status")).isEqualTo("active");
    }

    @Test
    void aBillByMailIsDueLaterAndLateAfterThat() {
        String customer = Json.textOf(post("/v1/customers", "email=a@example.com"), "id");
        ObjectNode made = subscribe(
                customer, price("Gold", 1000, "month"), "collection_method=send_invoice", "days_until_due=10");
        assertThat(Json.text(made, "status")).isEqualTo("active");
        assertThat(Json.text(invoice(made), "status")).isEqualTo("draft");
        pass("PT2H");
        assertThat(Json.text(invoice(made), "status")).isEqualTo("open");
        pass("P11D");
        assertThat(Json.text(subscription(made), "status")).isEqualTo("past_due");
    }

    @Test
    void aPausedCollectionKeepsDraftsOrWritesThemOff() {
        ObjectNode drafts = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        ObjectNode losses = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        post(path(drafts), "pause_collection[behavior]=keep_as_draft");
        post(path(losses), "pause_collection[behavior]=mark_uncollectible");
        clock(end(losses) + 90_000);
        assertThat(Json.text(invoice(subscription(drafts)), "status")).isEqualTo("draft");
        assertThat(Json.text(invoice(subscription(losses)), "status")).isEqualTo("uncollectible");
        assertThat(Json.text(post(path(drafts), "pause_collection="), "pause_collection"))
                .isNull();
    }

    @Test
    void aTrialGrantedLaterGivesTheUnusedTimeBack() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Gold", 1000, "month"));
        long half = (start(made) + end(made)) / 2;
        clock(half);
        ObjectNode trial = post(path(made), "trial_end=" + (half + 10 * 86_400), "proration_date=" + half);
        assertThat(Json.text(trial, "status")).isEqualTo("trialing");
        assertThat(Json.number(get("/v1/customers/" + customer), "balance")).isEqualTo(-500);
        clock(half + 10 * 86_400 + 7200);
        ObjectNode active = subscription(made);
        assertThat(Json.text(active, "status")).isEqualTo("active");
        assertThat(Json.number(invoice(active), "amount_paid")).isEqualTo(500);
    }

    @Test
    void aPriceInAnotherCurrencyIsChargedInThat() {
        String price = Json.textOf(
                post(
                        "/v1/prices",
                        "currency=usd",
                        "unit_amount=1000",
                        "recurring[interval]=month",
                        "product_data[name]=Gold",
                        "currency_options[eur][unit_amount]=900"),
                "id");
        ObjectNode made = subscribe(payer("pm_card_visa"), price, "currency=eur");
        assertThat(Json.text(made, "currency")).isEqualTo("eur");
        assertThat(Json.number(invoice(made), "amount_paid")).isEqualTo(900);
    }

    @Test
    void aFirstBillHasWhatIsSoldOnceToo() {
        String setup = Json.textOf(post("/v1/products", "name=Setup"), "id");
        ObjectNode made = subscribe(
                payer("pm_card_visa"),
                price("Gold", 1000, "month"),
                "add_invoice_items[0][price_data][currency]=usd",
                "add_invoice_items[0][price_data][unit_amount]=500",
                "add_invoice_items[0][price_data][product]=" + setup,
                "metadata[tier]=gold");
        assertThat(Json.number(invoice(made), "amount_paid")).isEqualTo(1500);
        assertThat(Json.text(invoice(made).at("/parent/subscription_details/metadata"), "tier"))
                .isEqualTo("gold");
        clock(end(made) + 7200);
        assertThat(Json.number(invoice(subscription(made)), "amount_paid")).isEqualTo(1000);
    }

    @Test
    void whoHasNoCardIsToldSoBeforeAnythingBegins() {
        String customer = Json.textOf(post("/v1/customers", "email=a@example.com"), "id");
        ObjectNode error = refusedPost(
                400, "/v1/subscriptions", "customer=" + customer, "items[0][price]=" + price("Gold", 1000, "month"));
        assertThat(Json.text(error, "message")).startsWith("This customer has no attached payment source");
        assertThat(get("/v1/invoices?customer=" + customer).path("data")).isEmpty();
    }

    @Test
    void listsKnowWhatHasEnded() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Gold", 1000, "month"));
        subscribe(customer, price("Silver", 500, "month"));
        assertThat(Json.text(delete(path(made)), "status")).isEqualTo("canceled");
        String list = "/v1/subscriptions?customer=" + customer;
        assertThat(get(list).path("data")).hasSize(1);
        assertThat(get(list + "&status=all").path("data")).hasSize(2);
        assertThat(get(list + "&status=ended").path("data")).hasSize(1);
        String price = Json.textOf(item(made).path("price"), "id");
        assertThat(get(list + "&status=all&price=" + price).path("data")).hasSize(1);
    }

    @Test
    void timeEndsAtADateThatWasAgreed() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        long date = start(made) + 40 * 86_400;
        post(path(made), "cancel_at=" + date);
        clock(date + 1);
        ObjectNode ended = subscription(made);
        assertThat(Json.text(ended, "status")).isEqualTo("canceled");
        assertThat(Json.number(ended, "ended_at")).isEqualTo(date);
    }
}
