package io.tillstream.order.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.events.Money;
import io.tillstream.order.catalog.Product;
import io.tillstream.web.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PricingTest {

    private static final Map<String, Product> CATALOG = Map.of(
            "cheap", product("cheap", 999, "usd", true),
            "dear", product("dear", 99_999_999, "usd", true),
            "euro", product("euro", 500, "eur", true),
            "gone", product("gone", 500, "usd", false),
            "penny", product("penny", 10, "usd", true),
            "withdrawn", product("withdrawn", 500, "hrk", true),
            "dinar", product("dinar", 5_124, "kwd", true),
            "rupiah", product("rupiah", 500_000_000_000L, "idr", true));

    @Test
    void theCatalogSetsThePrice() {
        Pricing.Priced priced = price(item("cheap", 3));
        assertThat(priced.amount()).isEqualTo(2997);
        assertThat(priced.currency()).isEqualTo("usd");
        assertThat(priced.lines().get(0).unitAmount()).isEqualTo(999);
    }

    @Test
    void whatIsNotForSaleIsNamed() {
        assertThatThrownBy(() -> price(item("cheap", 1), item("gone", 1), item("unknown", 1)))
                .isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.errors())
                        .extracting(Problem.Field::field)
                        .containsExactly("items[1].productId", "items[2].productId"));
    }

    @ParameterizedTest
    @CsvSource({"penny, 4", "withdrawn, 1", "dinar, 1"})
    void aTotalThatNobodyCanPayIsNotToldAsADeclinedCardLater(String product, int quantity) {
        assertThatThrownBy(() -> price(item(product, quantity))).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.status()).isEqualTo(422);
            assertThat(problem.code()).isEqualTo("amount-not-payable");
        });
    }

    @Test
    void whatIsTooLittleAloneIsPaidTogetherAndRupiahsHaveTwelveDigits() {
        assertThat(price(item("penny", 5)).amount()).isEqualTo(50);
        assertThat(price(item("dinar", 5)).amount()).isEqualTo(25_620);
        assertThat(price(item("rupiah", 1)).amount()).isEqualTo(500_000_000_000L);
        assertThatThrownBy(() -> price(item("rupiah", 2)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("amount-too-large"));
    }

    @Test
    void twoCurrenciesAreTwoOrders() {
        assertThatThrownBy(() -> price(item("cheap", 1), item("euro", 1)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("mixed-currencies"));
    }

    @Test
    void moreThanStripeTakesAtOnceIsRefused() {
        assertThat(price(item("dear", 1)).amount()).isEqualTo(99_999_999);
        assertThatThrownBy(() -> price(item("dear", 99)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("amount-too-large"));
    }

    private static Pricing.Priced price(OrderRequests.Item... items) {
        return Pricing.price(List.of(items), CATALOG);
    }

    private static OrderRequests.Item item(String id, int quantity) {
        return new OrderRequests.Item(id, quantity);
    }

    private static Product product(String id, long amount, String currency, boolean active) {
        return new Product(id, id, "", new Money(amount, currency), active, null, Instant.EPOCH);
    }
}
