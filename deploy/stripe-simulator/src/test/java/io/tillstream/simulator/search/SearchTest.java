package io.tillstream.simulator.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.PaymentIntent;
import com.stripe.model.StripeSearchResult;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerSearchParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentSearchParams;
import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** docs.stripe.com/search: the query language, and the fields of each resource. */
class SearchTest extends RunningSimulator {
    @BeforeEach
    void people() throws StripeException {
        control("POST", "reset", "{}");
        customer("ann@example.com", "Ann Archer", "gold");
        customer("bob@example.com", "Bob Baker", "silver");
        customer("cid@example.org", "Cid \"C\" Carter", null);
    }

    private void customer(String email, String name, String plan) throws StripeException {
        CustomerCreateParams.Builder params =
                CustomerCreateParams.builder().setEmail(email).setName(name);
        if (plan != null) {
            params.putMetadata("plan", plan);
        }
        stripe.v1().customers().create(params.build());
    }

    private List<String> found(String query) throws StripeException {
        return stripe
                .v1()
                .customers()
                .search(CustomerSearchParams.builder().setQuery(query).build())
                .getData()
                .stream()
                .map(Customer::getEmail)
                .map(email -> email.substring(0, 3))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "email:'ann@example.com' | ann",
                "email:\"ANN@example.com\" | ann",
                "email~'example.com' | bob,ann",
                "-email~'example.com' | cid",
                "metadata['plan']:'gold' | ann",
                "metadata['plan']:null | cid",
                "-metadata['plan']:null | bob,ann",
                "name~'bak' AND metadata['plan']:'silver' | bob",
                "name~'bak' metadata['plan']:'gold' | ``",
                "name~'bak' OR metadata['plan']:'gold' | bob,ann",
                "name:'Cid \\\"C\\\" Carter' | cid",
                "created>0 | cid,bob,ann",
                "created<=0 | ``"
            })
    void aQueryFinds(String query, String names) throws StripeException {
        assertThat(String.join(",", found(query))).isEqualTo(names);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "email",
                "nickname:'x'",
                "email~'ab'",
                "created:'soon'",
                "email:'a' AND name:'b' OR name:'c'",
                "email>3",
                "a:1 a:1",
                ""
            })
    void aQueryThatIsNoneIsRefused(String query) {
        assertThat(refused(InvalidRequestException.class, () -> found(query)).getParam())
                .isEqualTo("query");
    }

    @Test
    void pagesFollowEachOther() throws StripeException {
        CustomerSearchParams first = CustomerSearchParams.builder()
                .setQuery("created>0")
                .setLimit(2L)
                .addExpand("total_count")
                .build();
        StripeSearchResult<Customer> page = stripe.v1().customers().search(first);
        assertThat(page.getData()).hasSize(2);
        assertThat(page.getTotalCount()).isEqualTo(3);
        assertThat(page.getHasMore()).isTrue();
        StripeSearchResult<Customer> rest = stripe.v1()
                .customers()
                .search(CustomerSearchParams.builder()
                        .setQuery("created>0")
                        .setPage(page.getNextPage())
                        .build());
        assertThat(rest.getData()).extracting(Customer::getEmail).containsExactly("ann@example.com");
        assertThat(rest.getHasMore()).isFalse();
    }

    @Test
    void amountsAndStatusesOfPayments() throws StripeException {
        for (long amount : new long[] {500, 1500}) {
            stripe.v1()
                    .paymentIntents()
                    .create(PaymentIntentCreateParams.builder()
                            .setAmount(amount)
                            .setCurrency("usd")
                            .build());
        }
        StripeSearchResult<PaymentIntent> large = stripe.v1()
                .paymentIntents()
                .search(PaymentIntentSearchParams.builder()
                        .setQuery("amount>1000 AND status:'requires_payment_method' AND currency:'usd'")
                        .build());
        assertThat(large.getData()).extracting(PaymentIntent::getAmount).containsExactly(1500L);
    }

    @ParameterizedTest
    @CsvSource({
        "charges,amount>1",
        "invoices,total>1",
        "subscriptions,status:'active'",
        "prices,active:'true'",
        "products,name~'gold'"
    })
    void everyResourceThatHasItIsSearched(String resource, String query) {
        ObjectNode result = json(raw(
                SECRET_KEY,
                "GET",
                "/v1/" + resource + "/search?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8),
                ""));
        assertThat(Json.text(result, "object")).isEqualTo("search_result");
        assertThat(Json.text(result, "url")).isEqualTo("/v1/" + resource + "/search");
    }
}
