package io.tillstream.payment.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.payment.simulated.SimulatedStripe;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.Seed;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

class CustomerFacadeIT extends SimulatedStripe {

    private static final String ALICE = "{'name':'Alice Liddell','email':'alice@example.com'}";

    @Autowired
    private CustomerFacade customers;

    @Autowired
    private CustomerCreation creation;

    @Autowired
    private CustomerDeletionSweep leaving;

    @Autowired
    private CustomerEventHandler events;

    @Autowired
    private Transactions transactions;

    private String stripeCustomer() {
        return customers.stripeCustomerOf(user).block(WAIT);
    }

    private JsonNode atStripe(String id) {
        return STRIPE.get("/v1/customers/" + id);
    }

    /** In letters of four bytes an address is twelve times as long as its name, and has to be read all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "語", "😀", "?", " x", "/", "%", ";", "\\", "auth0|a/b%2F;c//"})
    void whoseACustomerIsIsToldForEachNameThatAUserMayHave(String letter) {
        String longest = letter.repeat(255 / letter.length());

        JsonNode told = json(as("service")
                .get()
                .uri("/internal/customers/{user}?stripeCustomerId={id}", longest, "cus_1")
                .exchange()
                .expectStatus()
                .isOk());

        assertThat(told.path("owns").asBoolean(true)).isFalse();
    }

    /** Their provider names them so, and they could never subscribe, nor pay by a card that they saved. */
    @Test
    void aUserWithAnOddIdHasACustomerAsAnyOther() {
        String odd = user + "/a%2Fb;c";

        JsonNode named = json(as("service")
                .put()
                .uri("/internal/customers/{user}", odd)
                .header("Content-Type", "application/json")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isOk());

        assertThat(named.path("userId").asString()).isEqualTo(odd);
        assertThat(customers.stripeCustomerOf(odd).block(WAIT))
                .isEqualTo(named.path("stripeCustomerId").asString());
    }

    /** Copied from anywhere; a 404, which may be of whoever stands in between, would be asked about for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"a/./b", "a/../b"})
    void aNameThatNoAddressOfOursHoldsIsRefused(String name) {
        as("service")
                .get()
                .uri("/internal/customers/{user}?stripeCustomerId={id}", name, "cus_1")
                .exchange()
                .expectStatus()
                .isBadRequest();
    }

    /** Stripe's own limit of a customer's name: one more would be refused there, and the customer never made. */
    @Test
    void aPersonsNameIsAsLongAsStripeTakesItAndNoLonger() {
        String longest = "n".repeat(256);
        put("service", "/internal/customers/" + user, "{'name':'" + longest + "'}")
                .expectStatus()
                .isOk();
        assertThat(atStripe(stripeCustomer()).path("name").asString()).isEqualTo(longest);

        JsonNode no = json(put("service", "/internal/customers/" + user, "{'name':'" + longest + "n'}")
                .expectStatus()
                .isEqualTo(422));

        assertThat(no.at("/errors/0/field").asString()).isEqualTo("name");
        assertThat(atStripe(stripeCustomer()).path("name").asString()).isEqualTo(longest);
    }

    /** OpenID Connect allows a subject as many characters as Stripe a whole key. */
    @Test
    void whoeverHasALongSubjectCanPay() {
        String longest = "s".repeat(255 - user.length()) + user;
        String customer = customers.stripeCustomerOf(longest).block(WAIT);
        assertThat(atStripe(customer).at("/metadata/user_id").asString()).isEqualTo(longest);
        assertThat(customers.stripeCustomerOf(longest).block(WAIT)).isEqualTo(customer);
        json(as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .bodyValue("""
                        {"reference":"order-%s","userId":"%s","amount":1999,"currency":"usd","description":"Books",
                         "payment":{"method":"checkout","successUrl":"http://localhost:8080/done",
                         "cancelUrl":"http://localhost:8080/cart"}}""".formatted(UUID.randomUUID(), longest))
                .exchange()
                .expectStatus()
                .isOk());
        String page = json(post(
                                longest,
                                "/api/checkout/sessions",
                                "{'mode':'setup','successUrl':'http://localhost:8080/cards'}")
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();
        as(longest)
                .get()
                .uri("/api/checkout/sessions/" + page)
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void twentySimultaneousRegistrationsMakeOneCustomer() {
        List<CompletableFuture<Integer>> posts = IntStream.range(0, 20)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> post("/api/customers", ALICE)
                        .expectBody()
                        .returnResult()
                        .getStatus()
                        .value()))
                .toList();
        assertThat(posts.stream().map(CompletableFuture::join).toList())
                .allMatch(status -> status == 200 || status == 201)
                .containsOnlyOnce(201);
        assertThat(customersOf(user)).singleElement().satisfies(customer -> {
            assertThat(customer.path("email").asString()).isEqualTo("alice@example.com");
            assertThat(customer.path("id").asString()).isEqualTo(customerId());
        });
    }

    @Test
    void instancesThatDoNotKnowOfEachOtherMakeOneCustomer() {
        List<Customer> made =
                Flux.range(0, 6).flatMap(i -> creation.make(user)).collectList().block(WAIT);
        assertThat(made).extracting(Customer::stripeId).containsOnly(customerId());
        assertThat(customersOf(user)).hasSize(1);
    }

    /** Their user would see the older name again, and Stripe's next event would have to bring it back. */
    @Test
    void whatWasReadBeforeAnAnswerDoesNotTakeItsPlace() {
        post("/api/customers", ALICE).expectStatus().isCreated();
        deliverAll();
        String id = customerId();
        STRIPE.post("/v1/customers/" + id, "name=Alice+of+the+dashboard");
        StripeEvent told = news("customer.updated", id);
        assertThat(transactions.run(events.apply(told, Optional.empty())).block(WAIT))
                .isInstanceOf(EventOutcome.NeedsRefetch.class);
        JsonNode read = events.refetch(told).block(WAIT);
        post("/api/customers", ALICE.replace("Alice", "Newest")).expectStatus().isOk();

        assertThatThrownBy(() ->
                        transactions.run(events.apply(told, Optional.of(read))).block(WAIT))
                .isInstanceOf(TransientFault.class);

        assertThat(get("/api/customers/me").path("name").asString()).isEqualTo("Newest Liddell");
        deliver(told);
        deliverAll();
        assertThat(get("/api/customers/me").path("name").asString()).isEqualTo("Newest Liddell");
    }

    @Test
    void anAnswerThatWasLostAfterTheEffectMakesNoSecondCustomer() {
        STRIPE.next("POST /v1/customers", "error_after");
        assertThat(stripeCustomer()).isEqualTo(customerId());
        assertThat(customersOf(user)).hasSize(1);
    }

    @Test
    void aFaultThatStripeRepeatsForItsKeyIsOvercome() {
        STRIPE.next("POST /v1/customers", "error_before");
        assertThat(stripeCustomer()).startsWith("cus_");
        assertThat(customersOf(user)).hasSize(1);
    }

    @Test
    void aCustomerDeletedAtTheDashboardIsMadeAnewWithItsDetails() {
        post("/api/customers", ALICE).expectStatus().isCreated();
        saveAndForget();
        String first = customerId();
        STRIPE.delete("/v1/customers/" + first);
        var events = news();
        Collections.reverse(events);
        events.forEach(this::deliver);
        assertThat(get("/api/payment-methods").path("data")).isEmpty();
        String second = stripeCustomer();
        assertThat(second).isNotEqualTo(first);
        assertThat(atStripe(second).path("email").asString()).isEqualTo("alice@example.com");
        events.forEach(this::deliver);
        assertThat(stripeCustomer()).isEqualTo(second);
        assertThat(told()).containsExactly("payment_method.saved.v1", "payment_method.removed.v1");
    }

    private void saveAndForget() {
        assertThat(saved("pm_card_visa")).startsWith("pm_");
    }

    @Test
    void aDeletionThatNobodyToldIsNoticedAtTheNextUse() {
        String first = stripeCustomer();
        STRIPE.delete("/v1/customers/" + first);
        assertThat(saved("pm_card_visa")).startsWith("pm_");
        assertThat(customerId()).isNotEqualTo(first);
        STRIPE.delete("/v1/customers/" + customerId());
        post("/api/customers", ALICE).expectStatus().isCreated();
        assertThat(atStripe(customerId()).path("name").asString()).isEqualTo("Alice Liddell");
    }

    @Test
    void changesReachStripeAndComeBackFromIt() {
        post("/api/customers", ALICE).expectStatus().isCreated();
        as(user).patch()
                .uri("/api/customers/me")
                .header("Content-Type", "application/json")
                .bodyValue("{\"email\":\"alice@example.org\"}")
                .exchange()
                .expectStatus()
                .isOk();
        assertThat(atStripe(customerId()).path("email").asString()).isEqualTo("alice@example.org");
        STRIPE.post("/v1/customers/" + customerId(), "name=Alice+Hargreaves");
        var events = news();
        Collections.shuffle(events, Seed.random("a customer's events"));
        events.forEach(this::deliver);
        events.forEach(this::deliver);
        JsonNode me = get("/api/customers/me");
        assertThat(me.path("name").asString()).isEqualTo("Alice Hargreaves");
        assertThat(me.path("email").asString()).isEqualTo("alice@example.org");
    }

    @Test
    void whoLeavesLeavesNothingPersonal() {
        post("/api/customers", ALICE).expectStatus().isCreated();
        String id = customerId();
        saveAndForget();
        as(user).delete().uri("/api/customers/me").exchange().expectStatus().isNoContent();
        assertThat(atStripe(id).path("deleted").asBoolean()).isTrue();
        as(user).get().uri("/api/customers/me").exchange().expectStatus().isNotFound();
        deliverAll();
        assertThat(texts("select count(*) from customers where user_id = '" + user
                        + "' and email is null and name is null and address is null and stripe_customer_id is null"))
                .containsExactly("1");
        assertThat(texts("select user_id from cards where user_id = '" + user + "'"))
                .isEmpty();
    }

    @Test
    void aDeletionGoesOnWhenStripeIsBack() {
        post("/api/customers", ALICE).expectStatus().isCreated();
        String id = customerId();
        execute("update customers set leaving = true, deletion_ask_at = now() - interval '1 day' where user_id = '"
                + user + "'");
        leaving.round().block(WAIT);
        assertThat(atStripe(id).path("deleted").asBoolean()).isTrue();
        assertThat(customerId()).isNull();
    }

    @Test
    void anotherServiceIsToldTheCustomer() {
        JsonNode named = json(put("service", "/internal/customers/" + user, "{'email':'alice@example.com'}")
                .expectStatus()
                .isOk());
        assertThat(named.path("stripeCustomerId").asString()).isEqualTo(customerId());
        put(user, "/internal/customers/" + user, "{}").expectStatus().isForbidden();
    }

    /** What a customer's metadata says of its user is anybody's to write. */
    @Test
    void anotherServiceIsToldWhoseACustomerIs() {
        post("/api/customers", ALICE).expectStatus().isCreated();
        String first = customerId();
        assertThat(owns(user, first)).isEqualTo("true");
        assertThat(owns(user, "cus_copy")).isEqualTo("false");
        assertThat(owns("nobody-" + user, first)).isEqualTo("false");
        as(user).get()
                .uri("/internal/customers/" + user + "?stripeCustomerId=" + first)
                .exchange()
                .expectStatus()
                .isForbidden();

        STRIPE.delete("/v1/customers/" + first);
        put("service", "/internal/customers/" + user, "{'gone':'" + first + "'}")
                .expectStatus()
                .isOk();
        assertThat(customerId()).isNotEqualTo(first);
        assertThat(owns(user, first)).as("it was").isEqualTo("true");

        execute("update customers set stripe_customer_id = null, asked_at = now() where user_id = '" + user + "'");
        assertThat(owns(user, "cus_perhaps")).as("Stripe has not answered yet").isEmpty();
        assertThat(owns(user, first)).isEqualTo("true");
    }

    private String owns(String userId, String customer) {
        return json(as("service")
                        .get()
                        .uri("/internal/customers/" + userId + "?stripeCustomerId=" + customer)
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("owns")
                .asString("");
    }

    /** It is the provider's name of them, and they could never subscribe. */
    @Test
    void nobodyIsLockedOutByAnOwnNameThatReadsAsACardNumber() {
        String known = "{'name':'Ada 4242 4242 4242 4242 Byron','email':'4242424242424242@example.com'}";
        put("service", "/internal/customers/" + user, known).expectStatus().isOk();

        JsonNode customer = atStripe(customerId());
        assertThat(customer.path("name").asString()).isEqualTo("Ada **** Byron");
        assertThat(customer.path("email").asString("")).isEmpty();
    }

    /** Typed here, where whoever reads may keep it. */
    @Test
    void aCardNumberThatIsTypedAsANameIsRefused() {
        JsonNode no = json(post("/api/customers", "{'name':'4242 4242 4242 4242','email':'ada@example.com'}")
                .expectStatus()
                .isEqualTo(422));
        assertThat(no.path("code").asString()).isEqualTo("card-number-refused");
    }

    /** The address of a token is for a customer that has none yet; what its user wrote here stays. */
    @Test
    void anAddressOfATokenIsASuggestion() {
        put("service", "/internal/customers/" + user, "{'email':'token@example.com'}")
                .expectStatus()
                .isOk();
        assertThat(STRIPE.get("/v1/customers/" + customerId()).path("email").asString())
                .isEqualTo("token@example.com");

        post("/api/customers", ALICE).expectStatus().is2xxSuccessful();
        String own = STRIPE.get("/v1/customers/" + customerId()).path("email").asString();
        put("service", "/internal/customers/" + user, "{'email':'token@example.com'}")
                .expectStatus()
                .isOk();
        assertThat(STRIPE.get("/v1/customers/" + customerId()).path("email").asString())
                .isEqualTo(own)
                .isNotEqualTo("token@example.com");
    }

    private static String livingIn(String country, String code) {
        return "{'name':'Alice','email':'alice@example.com','address':{'line1':'1 Road','city':'Town'" + code
                + ",'country':'" + country + "'}}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"HK", "AE", "IE", "PA", "QA"})
    void whoeverLivesWhereThereAreNoPostcodesNeedsNone(String country) {
        post("/api/customers", livingIn(country, "")).expectStatus().isCreated();

        JsonNode address = atStripe(customerId()).path("address");
        assertThat(address.path("country").asString()).isEqualTo(country);
        assertThat(address.path("postal_code").asString("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GB", "US", "DE"})
    void elsewhereAPostcodeIsNeeded(String country) {
        JsonNode no = json(
                post("/api/customers", livingIn(country, "")).expectStatus().isEqualTo(422));
        assertThat(no.at("/errors/0/field").asString()).isEqualTo("address.postalCode");
        post("/api/customers", livingIn(country, ",'postalCode':' '"))
                .expectStatus()
                .isEqualTo(422);
        post("/api/customers", livingIn(country, ",'postalCode':'12345'"))
                .expectStatus()
                .isCreated();
    }

    /** The code of the place where somebody lived before is not left to the one where they live now. */
    @Test
    void whoeverMovesToWhereThereAreNoPostcodesHasNoneAnyMore() {
        post("/api/customers", livingIn("GB", ",'postalCode':'BA1'"))
                .expectStatus()
                .isCreated();
        post("/api/customers", livingIn("HK", "")).expectStatus().isOk();

        assertThat(atStripe(customerId()).at("/address/postal_code").asString(""))
                .isEmpty();
        assertThat(get("/api/customers/me").path("address").has("postalCode")).isFalse();
    }

    @Test
    void aChangeOfNothingOrOfWhatIsNoneIsRefused() {
        post("/api/customers", "{'name':'Alice','email':'nonsense'}")
                .expectStatus()
                .isEqualTo(422);
        post("/api/customers", ALICE).expectStatus().isCreated();
        as(user).patch()
                .uri("/api/customers/me")
                .header("Content-Type", "application/json")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isEqualTo(422);
    }
}
