package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.DefaultResourceLoader;

class DunningAccessPolicyTest {

    private static final Instant SINCE = Instant.parse("2027-03-01T10:00:00Z");

    private static final String POLICY = """
            past_due:
              - {after: 0d, grade: full}
              - {after: 3d, grade: limited}
              - {after: 14d, grade: blocked}
            unpaid: [{after: 0d, grade: limited}, {after: 30d, grade: blocked}]
            paused: [{after: 0d, grade: blocked}]
            collection_paused: [{after: 0d, grade: full}]
            """;

    @TempDir
    Path folder;

    private DunningAccessPolicy policy(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("policy.yaml"), text);
        return DunningFile.read(file.toString(), new DefaultResourceLoader());
    }

    @ParameterizedTest
    @CsvSource({
        "past_due, -PT5S, full, P3D",
        "past_due, PT0S, full, P3D",
        "past_due, PT71H59M, full, P3D",
        "past_due, P3D, limited, P14D",
        "past_due, P13D, limited, P14D",
        "past_due, P14D, none,",
        "past_due, P400D, none,",
        "unpaid, PT0S, limited, P30D",
        "unpaid, P31D, none,",
        "paused, PT0S, none,",
        "collection_paused, P300D, full,"
    })
    void whatIsLeftIsWhatTheFileSays(String state, Duration owedFor, String grade, Duration changesAfter)
            throws IOException {
        DunningAccessPolicy.DunningState standing = policy(POLICY)
                .gradeAt(PaymentProblem.valueOf(state.toUpperCase(Locale.ROOT)), SINCE, SINCE.plus(owedFor));
        assertThat(standing.grade().text()).isEqualTo(grade);
        assertThat(standing.changesAt()).isEqualTo(changesAfter == null ? null : SINCE.plus(changesAfter));
    }

    @Test
    void thePolicyThatIsDeliveredBlocksWhoOwesInTheEnd() {
        DunningAccessPolicy delivered = DunningFile.read("classpath:dunning.yaml", new DefaultResourceLoader());
        assertThat(delivered.gradeAt(PaymentProblem.PAST_DUE, SINCE, SINCE).grade())
                .isEqualTo(AccessLevel.FULL);
        assertThat(delivered
                        .gradeAt(PaymentProblem.PAST_DUE, SINCE, SINCE.plus(Duration.ofDays(3)))
                        .grade())
                .isEqualTo(AccessLevel.LIMITED);
        assertThat(delivered
                        .gradeAt(PaymentProblem.PAST_DUE, SINCE, SINCE.plus(Duration.ofDays(60)))
                        .grade())
                .isEqualTo(AccessLevel.NONE);
        assertThat(delivered.gradeAt(PaymentProblem.UNPAID, SINCE, SINCE).grade())
                .isEqualTo(AccessLevel.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "grade: limited|grade: limted|past_due, step 2: 'limted' is not one of full, limited, blocked",
                "after: 3d|after: soon|past_due, step 2: 'soon' is not a time like 3d or 12h",
                "after: 3d|after: 20d|past_due, step 3: must begin later than the step before",
                "grade: limited}|grade: blocked}|past_due, step 3: must give less than the step before",
                "after: 0d, grade: full}|after: 1d, grade: full}|past_due, step 1: the first step begins after 0d",
                "paused: [|pausd: [|'pausd' is not one of [past_due, unpaid, paused, collection_paused, disputed, refunded]",
                "after: 3d|later: 3d|past_due, step 2: needs 'after' and 'grade', and nothing else",
                "after: 14d|after: 999d|past_due, step 3: '999d' is not from 0d to 366d",
                "unpaid: [{after: 0d, grade: limited}, {after: 30d, grade: blocked}]|unpaid: []|unpaid has no steps"
            })
    void aPolicyThatIsNotClearKeepsTheServiceFromStartingAndSaysWhy(String right, String wrong, String message) {
        assertThatThrownBy(() -> policy(POLICY.replaceFirst(java.util.regex.Pattern.quote(right), wrong)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("DUNNING_POLICY: ")
                .hasMessageContaining(message);
    }

    @Test
    void aPolicyThatIsNotThereKeepsTheServiceFromStarting() {
        assertThatThrownBy(() -> DunningFile.read("/nowhere/policy.yaml", new DefaultResourceLoader()))
                .hasMessageContaining("/nowhere/policy.yaml cannot be read");
    }
}
