package io.tillstream.web.address;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostalCodeWhereNeededTest {

    private static final ValidatorFactory FACTORY = Validation.buildDefaultValidatorFactory();

    @PostalCodeWhereNeeded
    record Home(@Nullable String postalCode, String country) implements AddressWithPostalCode {}

    private static List<String> wrong(@Nullable String code, String country) {
        Validator validator = FACTORY.getValidator();
        return validator.validate(new Home(code, country)).stream()
                .map(one -> one.getPropertyPath() + " " + one.getMessage())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HK", "AE", "QA", "IE", "JM", "PA", "AO", "FJ", "ZW"})
    void aPlaceWithoutPostcodesNeedsNone(String country) {
        assertThat(wrong(null, country)).isEmpty();
        assertThat(wrong("", country)).isEmpty();
        assertThat(wrong("0000", country)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GB", "US", "DE", "FR", "JP", "BR", "IN", "AU", "CA"})
    void elsewhereItIsNeeded(String country) {
        assertThat(wrong(null, country)).containsExactly("postalCode is needed in this country");
        assertThat(wrong(" ", country)).containsExactly("postalCode is needed in this country");
        assertThat(wrong("1", country)).isEmpty();
    }
}
