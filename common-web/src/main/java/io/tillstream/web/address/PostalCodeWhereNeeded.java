package io.tillstream.web.address;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link AddressWithPostalCode} has a postal code, unless its country has none or does without. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = PostalCodeWhereNeeded.Rule.class)
public @interface PostalCodeWhereNeeded {

    String message() default "is needed in this country";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** A code that is not needed is taken all the same: whoever delivers knows what to do with it. */
    final class Rule implements ConstraintValidator<PostalCodeWhereNeeded, AddressWithPostalCode> {

        /**
         * Places without postal codes, and those where letters arrive without one.
         *
         * @see <a href="https://www.upu.int/en/universal-postal-union/activities/physical-services/addressing">UPU: postal
         *     addressing systems in member countries</a>
         */
        private static final Set<String> NOT_NEEDED = Set.of(
                "AE", "AG", "AN", "AO", "AW", "BF", "BI", "BJ", "BO", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CK",
                "CM", "CW", "DJ", "DM", "ER", "FJ", "GA", "GD", "GH", "GM", "GQ", "GY", "HK", "IE", "JM", "KI", "KM",
                "KN", "KP", "LY", "ML", "MO", "MR", "MW", "NR", "NU", "PA", "QA", "RW", "SB", "SC", "SL", "SO", "SR",
                "SS", "ST", "SX", "SY", "TD", "TF", "TG", "TK", "TL", "TO", "TT", "TV", "UG", "VU", "WS", "YE", "ZW");

        @Override
        public boolean isValid(@Nullable AddressWithPostalCode address, ConstraintValidatorContext context) {
            if (address == null || address.country() == null || NOT_NEEDED.contains(address.country())) {
                return true; // a country that is missing is said by its own rule
            }
            String code = address.postalCode();
            if (code != null && !code.isBlank()) {
                return true;
            }
            context.disableDefaultConstraintViolation();
            context.buildConstraintViolationWithTemplate(context.getDefaultConstraintMessageTemplate())
                    .addPropertyNode("postalCode")
                    .addConstraintViolation();
            return false;
        }
    }
}
