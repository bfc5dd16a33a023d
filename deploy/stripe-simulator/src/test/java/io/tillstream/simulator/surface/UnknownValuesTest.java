package io.tillstream.simulator.surface;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** A word that is none of Stripe's is refused at its place: a shop that sends it must not believe that it works. */
class UnknownValuesTest extends Subscribing {

    /** docs.stripe.com/error-codes, {@code country_code_invalid}. */
    @ParameterizedTest
    @CsvSource({
        "/v1/payment_methods, type=card&card[token]=tok_visa, billing_details[address][country]",
        "/v1/customers, name=Alice, address[country]",
        "/v1/customers, shipping[name]=Alice&shipping[address][line1]=1 Road, shipping[address][country]",
        "/v1/customers/CUSTOMER, name=Alice, address[country]",
        "/v1/customers/CUSTOMER, shipping[name]=Alice&shipping[address][line1]=1 Road, shipping[address][country]",
        "/v1/payment_intents, amount=900&currency=usd&shipping[name]=A&shipping[address][line1]=x,"
                + " shipping[address][country]",
        "/v1/payment_intents, amount=900&currency=eur&payment_method_types[]=sepa_debit"
                + "&payment_method_data[type]=sepa_debit&payment_method_data[sepa_debit][iban]=AT321904300235473204,"
                + " payment_method_data[billing_details][address][country]",
        "/v1/setup_intents, payment_method_types[]=sepa_debit&payment_method_data[type]=sepa_debit"
                + "&payment_method_data[sepa_debit][iban]=AT321904300235473204,"
                + " payment_method_data[billing_details][address][country]",
        "/v1/tax_rates, display_name=VAT&inclusive=false&percentage=20, country"
    })
    void aCountryThatIsNoneIsRefusedWhereverOneIsNamed(String path, String needed, String param) {
        String known = path.contains("CUSTOMER") ? payer("pm_card_visa") : "";
        String[] form = (needed + "&" + param + "=XX").split("&", -1);

        ObjectNode error = refusedPost(400, path.replace("CUSTOMER", known), form);

        assertThat(Json.text(error, "code")).isEqualTo("country_code_invalid");
        assertThat(Json.text(error, "param")).isEqualTo(param);
        assertThat(Json.textOf(error, "message")).startsWith("Country 'XX' is unknown");
    }

    /** An endpoint that waits for an event that Stripe never sends: docs.stripe.com/api/webhook_endpoints/create. */
    @ParameterizedTest
    @CsvSource({
        "enabled_events[0]=invoice.payed, enabled_events[0]",
        "enabled_events[0]=invoice.paid&enabled_events[1]=charge.paid, enabled_events[1]",
        "enabled_events[0]=invoice.*, enabled_events[0]",
        "enabled_events[0]=invoice.paid&api_version=2026-01-01, api_version",
        "enabled_events[0]=invoice.paid&api_version=latest, api_version"
    })
    void anEndpointOfAnEventOrAVersionThatStripeDoesNotHaveIsRefused(String wanted, String param) {
        int before = get("/v1/webhook_endpoints?limit=100").path("data").size();
        String[] form = ("url=http://127.0.0.1:9/webhooks&" + wanted).split("&", -1);

        ObjectNode error = refusedPost(400, "/v1/webhook_endpoints", form);

        assertThat(Json.text(error, "type")).isEqualTo("invalid_request_error");
        assertThat(Json.text(error, "param")).isEqualTo(param);
        assertThat(get("/v1/webhook_endpoints?limit=100").path("data")).hasSize(before);
    }

    @Test
    void noEndpointIsTurnedToAnEventThatStripeDoesNotHave() {
        ObjectNode made =
                post("/v1/webhook_endpoints", "url=http://127.0.0.1:9/webhooks", "enabled_events[0]=invoice.paid");
        String path = "/v1/webhook_endpoints/" + Json.textOf(made, "id");

        ObjectNode error = refusedPost(400, path, "enabled_events[0]=invoice.payed");

        assertThat(Json.text(error, "param")).isEqualTo("enabled_events[0]");
        assertThat(get(path).path("enabled_events").get(0).asString()).isEqualTo("invoice.paid");
    }
}
