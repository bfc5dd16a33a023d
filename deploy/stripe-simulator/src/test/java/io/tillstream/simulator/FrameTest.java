package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.AuthenticationException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.StripeCollection;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.stripe.param.CustomerUpdateParams;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FrameTest extends RunningSimulator {
    private static CustomerCreateParams named(String name) {
        return CustomerCreateParams.builder()
                .setName(name)
                .setEmail(UUID.randomUUID() + "@example.com")
                .putMetadata("user_id", name)
                .build();
    }

    @Test
    void aCustomerIsReadBackAsItWasMade() throws StripeException {
        Customer made = stripe.v1().customers().create(named("alice"));
        assertThat(made.getId()).matches("cus_[0-9A-Za-z]{14}");
        assertThat(made.getLastResponse().requestId()).startsWith("req_");
        Customer read = stripe.v1().customers().retrieve(made.getId());
        assertThat(read.getName()).isEqualTo("alice");
        assertThat(read.getMetadata()).containsExactly(Map.entry("user_id", "alice"));
        assertThat(read.getAddress()).isNull();
        assertThat(eventsOf(made.getId())).containsExactly("customer.created");
    }

    @Test
    void aBadKeyIsRefusedWith401() {
        AuthenticationException error = refused(
                AuthenticationException.class,
                () -> client("sk_test_wrong_key_1234").v1().customers().list());
        assertThat(error.getStatusCode()).isEqualTo(401);
        assertThat(error.getMessage())
                .contains("Invalid API Key provided: sk_test_")
                .contains("1234");
    }

    @Test
    void aPublishableKeyMayNotReadCustomers() {
        HttpResponse<String> response = raw(PUBLISHABLE_KEY, "GET", "/v1/customers", "");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(json(response).at("/error/code").asString()).isEqualTo("secret_key_required");
    }

    @Test
    void anUnknownParameterIsNamed() {
        HttpResponse<String> response = raw(SECRET_KEY, "POST", "/v1/customers", "nickname=al&address[planet]=x");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/code").asString()).isEqualTo("parameter_unknown");
        assertThat(json(response).at("/error/param").asString()).isEqualTo("nickname");
        assertThat(json(response).at("/error/doc_url").asString())
                .isEqualTo("https://stripe.com/docs/error-codes/parameter-unknown");
        assertThat(json(response).at("/error/request_log_url").asString())
                .endsWith(response.headers().firstValue("Request-Id").orElseThrow());
    }

    @Test
    void whatIsNotThereIs404() {
        InvalidRequestException error = refused(
                InvalidRequestException.class, () -> stripe.v1().customers().retrieve("cus_none"));
        assertThat(error.getStatusCode()).isEqualTo(404);
        assertThat(error.getCode()).isEqualTo("resource_missing");
        assertThat(error.getStripeError().getMessage()).isEqualTo("No such customer: 'cus_none'");
        assertThat(raw(SECRET_KEY, "GET", "/v1/nonsense", "").statusCode()).isEqualTo(404);
    }

    @Test
    void aKeyUsedAgainGivesTheFirstAnswer() throws StripeException {
        String key = UUID.randomUUID().toString();
        CustomerCreateParams params = named("bob");
        Customer first = stripe.v1().customers().create(params, key(key));
        Customer again = stripe.v1().customers().create(params, key(key));
        assertThat(again.getId()).isEqualTo(first.getId());
        assertThat(again.getLastResponse().headers().firstValue("Idempotent-Replayed"))
                .contains("true");
        assertThat(again.getLastResponse().headers().firstValue("Original-Request"))
                .contains(first.getLastResponse().requestId());
        IdempotencyException changed = refused(
                IdempotencyException.class, () -> stripe.v1().customers().create(named("eve"), key(key)));
        assertThat(changed.getStatusCode()).isEqualTo(400);
        assertThat(changed.getStripeError().getType()).isEqualTo("idempotency_error");
    }

    @Test
    void aKeyIsForgottenAfterADay() throws StripeException {
        String key = UUID.randomUUID().toString();
        CustomerCreateParams params = named("carol");
        Customer first = stripe.v1().customers().create(params, key(key));
        control("PUT", "clock", "{'advance': 'PT24H1M'}");
        try {
            assertThat(stripe.v1().customers().create(params, key(key)).getId()).isNotEqualTo(first.getId());
        } finally {
            control("PUT", "clock", "{'reset': true}");
        }
    }

    @Test
    void aKeyInUseIsRefusedWith409() {
        String key = UUID.randomUUID().toString();
        control(
                "POST",
                "faults",
                // longer than the second request is on its way on a machine with other work
                "{'operation': 'POST /v1/customers', 'kind': 'latency', 'times': 1, 'delay_millis': 15000}");
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(
                () -> raw(SECRET_KEY, "POST", "/v1/customers", "name=slow", "Idempotency-Key", key));
        org.awaitility.Awaitility.await()
                .until(() -> control("GET", "faults", "").path("faults").isEmpty());
        HttpResponse<String> second = raw(SECRET_KEY, "POST", "/v1/customers", "name=slow", "Idempotency-Key", key);
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(json(second).at("/error/code").asString()).isEqualTo("idempotency_key_in_use");
        assertThat(first.join().statusCode()).isEqualTo(200);
    }

    @Test
    void metadataIsMergedAndTakenAwayByEmptyValues() throws StripeException {
        Customer made = stripe.v1().customers().create(named("dora"));
        Customer changed = stripe.v1()
                .customers()
                .update(
                        made.getId(),
                        CustomerUpdateParams.builder()
                                .putMetadata("a", "1")
                                .putMetadata("user_id", "")
                                .build());
        assertThat(changed.getMetadata()).containsExactly(Map.entry("a", "1"));
        assertThat(lastEvent(made.getId(), "customer.updated")
                        .at("/data/previous_attributes/metadata")
                        .toString())
                .isEqualTo("{\"a\":null,\"user_id\":\"dora\"}");
        assertThat(raw(SECRET_KEY, "POST", "/v1/customers", "metadata[" + "k".repeat(41) + "]=v")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void listsArePagedNewestFirst() throws StripeException {
        String email = UUID.randomUUID() + "@example.com";
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(
                    0,
                    stripe.v1()
                            .customers()
                            .create(CustomerCreateParams.builder()
                                    .setEmail(email)
                                    .build())
                            .getId());
        }
        StripeCollection<Customer> page = stripe.v1()
                .customers()
                .list(CustomerListParams.builder().setEmail(email).setLimit(2L).build());
        assertThat(page.getData()).extracting(Customer::getId).isEqualTo(made.subList(0, 2));
        assertThat(page.getHasMore()).isTrue();
        StripeCollection<Customer> before = stripe.v1()
                .customers()
                .list(CustomerListParams.builder()
                        .setEmail(email)
                        .setLimit(2L)
                        .setEndingBefore(made.get(3))
                        .build());
        assertThat(before.getData()).extracting(Customer::getId).isEqualTo(made.subList(1, 3));
        assertThat(before.getHasMore()).isTrue();
        List<String> all = new ArrayList<>();
        for (Customer each : page.autoPagingIterable()) {
            all.add(each.getId());
        }
        assertThat(all).isEqualTo(made);
        assertThat(raw(SECRET_KEY, "GET", "/v1/customers?limit=101", "").statusCode())
                .isEqualTo(400);
    }

    @Test
    void listsAreExpandedElementByElement() {
        String paid = "amount=900&currency=usd&payment_method=pm_card_visa&payment_method_types[0]=card&confirm=true";
        assertThat(raw(SECRET_KEY, "POST", "/v1/payment_intents", paid).statusCode())
                .isEqualTo(200);
        HttpResponse<String> list = raw(
                SECRET_KEY,
                "GET",
                "/v1/payment_intents?limit=1&expand[]=data.latest_charge.refunds&expand[]=data.payment_method",
                "");
        assertThat(json(list).at("/data/0/latest_charge/refunds/object").asString())
                .isEqualTo("list");
        assertThat(json(list).at("/data/0/payment_method/card/last4").asString())
                .isEqualTo("4242");
        HttpResponse<String> wrong = raw(SECRET_KEY, "GET", "/v1/payment_intents?limit=1&expand[]=data.amount", "");
        assertThat(json(wrong).at("/error/message").asString()).startsWith("This property cannot be expanded (amount)");
        HttpResponse<String> deep = raw(SECRET_KEY, "GET", "/v1/payment_intents?expand[]=data.a.b.c.d", "");
        assertThat(json(deep).at("/error/message").asString()).contains("more than 4 levels");
    }

    @Test
    void aLockTimeoutIsA429WithoutAReason() {
        control("POST", "faults", "{'operation': '* /v1/balance', 'kind': 'rate_limit', 'times': 1}");
        HttpResponse<String> locked = raw(SECRET_KEY, "GET", "/v1/balance", "");
        assertThat(locked.statusCode()).isEqualTo(429);
        assertThat(json(locked).at("/error/code").asString()).isEqualTo("lock_timeout");
        assertThat(locked.headers().firstValue("Stripe-Rate-Limited-Reason")).isEmpty();
    }

    @Test
    void faultsHitAsOftenAsTheyAreCounted() {
        control(
                "POST",
                "faults",
                "{'operation': 'GET /v1/customers', 'kind': 'rate_limit', 'times': 1, 'reason': 'global-rate'}");
        HttpResponse<String> limited = raw(SECRET_KEY, "GET", "/v1/customers", "");
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(limited.headers().firstValue("Stripe-Rate-Limited-Reason")).contains("global-rate");
        assertThat(raw(SECRET_KEY, "GET", "/v1/customers", "").statusCode()).isEqualTo(200);
    }

    @Test
    void aFaultPlantedForOneRequestLeavesTheOthersAlone() {
        control(
                "POST",
                "faults",
                "{'operation': 'POST /v1/customers', 'kind': 'error_before', 'times': 1,"
                        + " 'params': {'metadata.user_id': 'kim'}}");
        assertThat(raw(SECRET_KEY, "POST", "/v1/customers", "metadata[user_id]=lea")
                        .statusCode())
                .isEqualTo(200);
        assertThat(raw(SECRET_KEY, "POST", "/v1/customers", "").statusCode()).isEqualTo(200);
        assertThat(raw(SECRET_KEY, "POST", "/v1/customers", "metadata[user_id]=kim")
                        .statusCode())
                .isEqualTo(500);
        assertThat(raw(SECRET_KEY, "POST", "/v1/customers", "metadata[user_id]=kim")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void anErrorAfterTheEffectIsReplayed() {
        String key = UUID.randomUUID().toString();
        String email = UUID.randomUUID() + "@example.com";
        control("POST", "faults", "{'operation': 'POST /v1/customers', 'kind': 'error_after', 'times': 1}");
        for (int i = 0; i < 2; i++) {
            assertThat(raw(SECRET_KEY, "POST", "/v1/customers", "email=" + email, "Idempotency-Key", key)
                            .statusCode())
                    .isEqualTo(500);
        }
        assertThat(json(raw(SECRET_KEY, "GET", "/v1/customers?email=" + email, ""))
                        .path("data"))
                .hasSize(1);
    }

    /** As Stripe answers: it takes "form-encoded request bodies" (docs.stripe.com/api) and no others. */
    @Test
    void aBodyThatIsNoFormIsNotRead() {
        for (String type : new String[] {"", "application/json", "text/plain", "form"}) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base() + "/v1/customers"))
                    .header("Authorization", "Bearer " + SECRET_KEY)
                    .POST(HttpRequest.BodyPublishers.ofString("name=x"));
            if (!type.isEmpty()) {
                request.header("Content-Type", type);
            }
            HttpResponse<String> refused = send(request.build());
            assertThat(refused.statusCode()).as(type).isEqualTo(400);
            assertThat(json(refused).at("/error/message").asString())
                    .contains("check that your POST content type is application/x-www-form-urlencoded");
        }
        HttpRequest empty = HttpRequest.newBuilder(URI.create(base() + "/v1/customers"))
                .header("Authorization", "Bearer " + SECRET_KEY)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(send(empty).statusCode()).isEqualTo(200);
    }

    /** "The subsequent requests with the same key return the same result, including 500 errors" (Stripe's API reference). */
    @Test
    void anErrorBeforeTheEffectIsReplayedToo() {
        String key = UUID.randomUUID().toString();
        String email = UUID.randomUUID() + "@example.com";
        control("POST", "faults", "{'operation': 'POST /v1/customers', 'kind': 'error_before', 'times': 1}");
        HttpResponse<String> first = raw(SECRET_KEY, "POST", "/v1/customers", "email=" + email, "Idempotency-Key", key);
        HttpResponse<String> again = raw(SECRET_KEY, "POST", "/v1/customers", "email=" + email, "Idempotency-Key", key);
        assertThat(first.statusCode()).isEqualTo(500);
        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(again.statusCode()).isEqualTo(500);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(raw(SECRET_KEY, "POST", "/v1/customers", "email=" + email, "Idempotency-Key", key + "-2")
                        .statusCode())
                .isEqualTo(200);
        assertThat(json(raw(SECRET_KEY, "GET", "/v1/customers?email=" + email, ""))
                        .path("data"))
                .hasSize(1);
    }

    @Test
    void theSameParametersInAnotherOrderAreTheSameRequest() {
        String key = UUID.randomUUID().toString();
        String one = "name=a&metadata[b]=1&metadata[c]=2&address[city]=x";
        String other = "address[city]=x&metadata[c]=2&metadata[b]=1&name=a";
        String swapped = "name=a&metadata[b]=2&metadata[c]=1&address[city]=x";
        HttpResponse<String> made = raw(SECRET_KEY, "POST", "/v1/customers", one, "Idempotency-Key", key);
        HttpResponse<String> again = raw(SECRET_KEY, "POST", "/v1/customers", other, "Idempotency-Key", key);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(made.body());
        assertThat(raw(SECRET_KEY, "POST", "/v1/customers", swapped, "Idempotency-Key", key)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aRequestWithoutAnAnswerHasItsEffect() {
        String key = UUID.randomUUID().toString();
        control("POST", "faults", "{'operation': 'POST /v1/customers', 'kind': 'close_after', 'times': 1}");
        org.assertj.core.api.Assertions.assertThatIllegalStateException()
                .isThrownBy(() -> raw(SECRET_KEY, "POST", "/v1/customers", "name=x", "Idempotency-Key", key));
        HttpResponse<String> again = raw(SECRET_KEY, "POST", "/v1/customers", "name=x", "Idempotency-Key", key);
        assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
    }

    @Test
    void theJournalKnowsEveryRequest() {
        String key = UUID.randomUUID().toString();
        raw(SECRET_KEY, "POST", "/v1/customers", "name=journal", "Idempotency-Key", key);
        assertThat(control("GET", "journal?limit=10000", "").path("requests"))
                .anyMatch(entry -> entry.path("idempotency_key").asString().equals(key)
                        && entry.path("status").asInt() == 200
                        && entry.path("object_id").asString().startsWith("cus_"));
    }
}
