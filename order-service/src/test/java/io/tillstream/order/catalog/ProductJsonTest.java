package io.tillstream.order.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.web.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductJsonTest {

    @ParameterizedTest
    @CsvSource({
        "49, usd, price.amount",
        "100000000, usd, price.amount",
        "501, isk, price.amount",
        "550, ugx, price.amount",
        "5124, kwd, price.amount",
        "1000000000000, idr, price.amount",
        "500, xxy, price.currency",
        "500, hrk, price.currency",
        "500, xau, price.currency"
    })
    void aPriceNobodyCanPayIsRefusedByItsField(long amount, String currency, String field) {
        assertThatThrownBy(() -> input(amount, currency).checked()).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.status()).isEqualTo(422);
            assertThat(problem.errors()).extracting(Problem.Field::field).containsExactly(field);
        });
    }

    @Test
    void aPriceThatCanBePaidIsTaken() {
        assertThat(input(50, "usd").checked().price().amount()).isEqualTo(50);
        assertThat(input(999_999_999_999L, "idr").checked().price().currency()).isEqualTo("idr");
    }

    private static ProductJson.Input input(long amount, String currency) {
        return new ProductJson.Input("a", "A", "A thing.", new ProductJson.Price(amount, currency), true, null);
    }
}
