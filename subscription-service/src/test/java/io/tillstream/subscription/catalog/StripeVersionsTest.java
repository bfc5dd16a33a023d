package io.tillstream.subscription.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.testing.VersionedStripeFixtures;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

/** Products and prices say the same in each version of Stripe's API. */
class StripeVersionsTest {

    static final List<String> VERSIONS = VersionedStripeFixtures.ALL;

    private static JsonNode object(String kind, String version) {
        return StripeJson.read(VersionedStripeFixtures.object(kind, version).getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void aProductIsReadToTheSameState(String version) {
        assertThat(ProductState.read(object("product", version)))
                .isEqualTo(new ProductState(
                        "prod_golden",
                        false,
                        "Starter",
                        "One reading room of your own.",
                        true,
                        List.of("reading-room"),
                        "price_golden"));
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void aPriceIsReadToTheSameState(String version) {
        PriceState price = PriceState.read(object("price", version), "test");
        assertThat(price.amounts()).isEqualTo(Map.of("eur", 1200L));
        assertThat(price.recurring()).isEqualTo(new PriceState.Recurring(Interval.MONTH, 1, 0));
        assertThat(price.ownPlan()).isEqualTo("starter-monthly");
        assertThat(price.productId()).isEqualTo("prod_golden");
    }
}
