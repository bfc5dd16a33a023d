package io.tillstream.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearPatternsTest {

    record Sample(@Pattern(regexp = "ann[ot]*") String one, List<@Pattern(regexp = "ty[pe]*") String> many) {

        private static final java.util.regex.Pattern FIELD = java.util.regex.Pattern.compile("fi[eld]*");

        boolean calls() {
            return FIELD.matcher(one).find() && one.matches("ma[tch]*") && one.split("sp[lit]*", 2).length > 1
                    || one.replaceAll("re[gex]*", "with").isEmpty();
        }
    }

    @Test
    void noneIsOverlooked() {
        assertThat(LinearPatterns.in(new ClassFileImporter().importClass(Sample.class)))
                .extracting(LinearPatterns.Use::regex)
                .containsExactlyInAnyOrder("ann[ot]*", "ty[pe]*", "fi[eld]*", "ma[tch]*", "sp[lit]*", "re[gex]*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+", // twice the time for each character
                "(?<![\\p{Alnum}_+.])\\d+(?:[ \\-]{1,2}\\d+)*+(?![\\p{Alnum}_])", // starts again at every group
                "\\beyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*",
                "([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9-]+\\.)+[A-Za-z]{2,}",
                "[a-z0-9]+(-[a-z0-9]+)*", // a full stack
                "a*a*b",
            })
    void whatHoldsUpAThreadIsFound(String regex) {
        assertThat(LinearPatterns.worst(regex, false)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[a-z]{3}", "pm_\\w{1,200}", "https://.+", "(?s).*\\S.*", "[^a-z0-9]+", "\\S+"})
    void whatReadsATextOnceIsNot(String regex) {
        assertThat(LinearPatterns.worst(regex, true)).isEmpty();
    }
}
