package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Every request that the services made of Stripe in this run is one that Stripe has: nothing unknown to stripe-java's
 * parameter classes of that operation, to Stripe's specification or to its command line, nothing of another type or missing, in a
 * form, for a version, and repeatable.
 */
@Alone(Stage.AFTERWARDS)
class StripeRequestsIT {

    private static final String STRIPE_JAVA = "Stripe/v1 JavaBindings/";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int LONGEST = 2_000; // of what the journal keeps; the last field may be cut

    /** How Stripe, or its stand-in, says that a request is none of its own. */
    private static final Set<String> NO_REQUEST =
            Set.of("parameter_unknown", "parameter_not_simulated", "operation_not_simulated", "parameter_missing");

    private final StripeSurface surface = StripeSurface.ofStripeJava();
    private final StripeSurface published = StripeSurface.published();
    private final StripeSurface cli = StripeSurface.ofCli();

    @Test
    void everyRequestOfTheServicesIsOneThatStripeHas() {
        List<JsonNode> journal = Journals.requests();
        seesWhole(journal);
        List<JsonNode> ours = journal.stream()
                .filter(one -> one.path("user_agent").asString("").startsWith(STRIPE_JAVA))
                .toList();

        assertThat(ours).isNotEmpty();
        assertThat(ours.stream().flatMap(one -> faults(one).stream()).distinct())
                .as("of %d requests", ours.size())
                .isEmpty();
    }

    @Test
    void noParameterOfAnybodysWasTakenAndNotUsed() {
        assertThat(Journals.ignored()).isEmpty();
    }

    /** Each process of the simulator counts from 1. */
    private static void seesWhole(List<JsonNode> journal) {
        long before = 0;
        for (JsonNode entry : journal) {
            assertThat(entry.path("number").asLong())
                    .as("the journal is whole; else SIMULATOR_JOURNAL_SIZE has to grow")
                    .isIn(1L, before + 1);
            before = entry.path("number").asLong();
        }
    }

    /** The check finds what it is for. */
    @Test
    void whatIsUnknownOrOfAnotherTypeIsFound() {
        assertThat(surface.breaches("POST", "/v1/refunds", "payment_intent=pi_1&amount=1&metadata[a]=b"))
                .isEmpty();
        assertThat(surface.breaches("POST", "/v1/subscriptions", "items[0][price]=p&items[0][quantity]=x&itmes=1"))
                .containsExactly("items[0][quantity] cannot be x (integer)", "unknown parameter itmes");
        assertThat(surface.breaches("POST", "/v1/refunds", "reason=because")).hasSize(1);
        assertThat(surface.breaches("PUT", "/v1/refunds", "")).containsExactly("no such operation");
    }

    @Test
    void whatStripesSpecificationDoesNotHaveOrRequiresIsFound() {
        assertThat(published.breaches("POST", "/v1/payment_intents", "amount=100&currency=usd&metadata[a]=b"))
                .isEmpty();
        assertThat(published.breaches("POST", "/v1/payment_intents", "currency=usd&amuont=100"))
                .containsExactly("unknown parameter amuont", "missing parameter amount");
        assertThat(published.breaches("POST", "/v1/subscriptions", "customer=c&items[0][price]=p&items[0][quantity]=x"))
                .containsExactly("items[0][quantity] cannot be x (number)");
        assertThat(published.breaches("POST", "/v1/refunds", "reason=because")).hasSize(1);
        assertThat(published.breaches("POST", "/v1/invoices/in_1/pay", "paid_out_of_band=maybe"))
                .hasSize(1);
    }

    @Test
    void whatStripesCommandLineDoesNotHaveIsFound() {
        assertThat(cli.breaches(
                        "POST",
                        "/v1/payment_intents",
                        "amount=100&currency=usd&metadata[a]=b&payment_method_types[0]=card&expand[0]=latest_charge"))
                .isEmpty();
        assertThat(cli.breaches("POST", "/v1/payment_intents", "currency=usd&amuont=100"))
                .containsExactly("unknown parameter amuont", "missing parameter amount");
        assertThat(cli.breaches(
                        "POST",
                        "/v1/subscriptions",
                        "customer=c&items[0][price]=p&days_until_due=soon&trial_settings[end_behaviour][x]=pause"))
                .containsExactly(
                        "days_until_due cannot be soon (integer)",
                        "unknown parameter trial_settings[end_behaviour][x]");
        assertThat(cli.breaches("POST", "/v1/refunds", "reason=because")).hasSize(1);
        assertThat(cli.breaches("GET", "/v1/refunds", "created[gte]=1&limit=x&charg=ch_1"))
                .containsExactly("limit cannot be x (integer)", "unknown parameter charg");
        assertThat(cli.breaches("PUT", "/v1/refunds", "")).containsExactly("no such operation");
    }

    private List<String> faults(JsonNode request) {
        String method = request.path("method").asString();
        String path = request.path("path").asString();
        List<String> faults = new ArrayList<>(surface.breaches(method, path, form(request)));
        faults.addAll(published.breaches(method, path, form(request)));
        cli.breaches(method, path, form(request)).forEach(breach -> faults.add("by the command line " + breach));
        if (!request.path("stripe_version").isString()) {
            faults.add("no Stripe-Version");
        }
        if (request.path("method").asString().equals("POST")) {
            if (!request.path("content_type").asString("").startsWith(FORM)) {
                faults.add("content type " + request.path("content_type"));
            }
            if (request.path("idempotency_key").asString("").isEmpty()) {
                faults.add("no Idempotency-Key");
            }
        }
        String code = request.path("error_code").asString("");
        if (NO_REQUEST.contains(code)) {
            faults.add("refused as " + code + " " + request.path("params"));
        }
        String operation = request.path("method").asString() + " "
                + request.path("path").asString().replaceAll("/[a-z]+_[A-Za-z0-9_]+", "/{}");
        return faults.stream().map(fault -> operation + ": " + fault).toList();
    }

    private static String form(JsonNode request) {
        String form = request.path("params").asString("");
        return form.length() < LONGEST ? form : form.substring(0, form.lastIndexOf('&'));
    }
}
