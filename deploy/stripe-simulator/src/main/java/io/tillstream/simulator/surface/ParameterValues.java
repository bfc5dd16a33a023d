package io.tillstream.simulator.surface;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether one value is of the kind that its parameter wants, in Stripe's words if it is not. */
final class ParameterValues {
    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
    private static final int SHOWN = 40; // characters of a text that is too long

    private ParameterValues() {}

    /** A parameter's place: {@code invoices} and {@code custom_fields.name}. */
    record Where(String resource, String path) {
        Where below(String name) {
            return new Where(resource, path.isEmpty() ? name : path + "." + name);
        }
    }

    /** What is wrong with it; null if nothing is. */
    static @Nullable Refusal refusal(Parameter parameter, String value, Where where, String shown) {
        if (value.isEmpty()) {
            return parameter.is("unset") ? null : empty(shown);
        }
        List<String> words = parameter.words();
        if (words != null && words.contains(value)) {
            return null;
        }
        if (parameter.is("string")) {
            return text(parameter, value, where, shown);
        }
        if (parameter.is("integer")) {
            return isInteger(value)
                    ? null
                    : new Refusal("parameter_invalid_integer", "Invalid integer: " + value, shown);
        }
        if (parameter.is("decimal")) {
            return isDecimal(value) ? null : new Refusal(null, "Invalid decimal: " + value, shown);
        }
        if (parameter.is("file")) {
            return value.contains(".") ? null : new Refusal(null, "Invalid file: it must be uploaded.", shown);
        }
        if (parameter.is("boolean")) {
            boolean flag = value.equals("true") || value.equals("false");
            return flag ? null : new Refusal(null, "Invalid boolean: " + value, shown);
        }
        if (words != null) {
            return new Refusal(null, "Invalid " + shown + ": must be " + oneOf(words), shown);
        }
        return new Refusal(null, parameter.isList() ? "Invalid array" : "Invalid object", shown);
    }

    private static Refusal empty(String shown) {
        return new Refusal(
                "parameter_invalid_empty",
                "You passed an empty string for '" + shown + "'. We assume empty values are an attempt to unset a"
                        + " parameter; however '" + shown + "' cannot be unset. You should remove '" + shown
                        + "' from your request or supply a non-empty value.",
                shown);
    }

    private static @Nullable Refusal text(Parameter parameter, String value, Where where, String shown) {
        Integer published = parameter.longest();
        int longest = published == null ? TextLimits.longest(where.resource(), where.path()) : published;
        if (value.codePointCount(0, value.length()) > longest) {
            return new Refusal(
                    null,
                    "Invalid string: " + value.substring(0, Math.min(SHOWN, value.length())) + "…; must be at most "
                            + longest + " characters",
                    shown);
        }
        if (where.path().equals("country") || where.path().endsWith(".country")) {
            return COUNTRIES.contains(value.toUpperCase(Locale.ROOT)) ? null : country(value, shown);
        }
        return null;
    }

    private static Refusal country(String value, String shown) {
        return new Refusal(
                "country_code_invalid",
                "Country '" + value + "' is unknown. Try using a 2-character alphanumeric country code instead, such as"
                        + " 'US', 'EG', or 'GB'. See the full list of codes at"
                        + " https://stripe.com/docs/api#country_codes",
                shown);
    }

    private static boolean isInteger(String value) {
        try {
            return Long.toString(Long.parseLong(value)).length() > 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isDecimal(String value) {
        try {
            return new BigDecimal(value).precision() > 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String oneOf(List<String> words) {
        if (words.size() == 1) {
            return words.get(0);
        }
        String last = words.get(words.size() - 1);
        return "one of " + String.join(", ", words.subList(0, words.size() - 1)) + (words.size() > 2 ? "," : "")
                + " or " + last;
    }
}
