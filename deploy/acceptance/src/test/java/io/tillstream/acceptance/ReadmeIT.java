package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.local.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the README tells a newcomer to type works as it stands there. */
@Runs(Stage.LONG)
class ReadmeIT {

    @Test
    void theWalkOfTheReadmeWorksAsWritten() throws Exception {
        Path readme = Stack.repository().resolve("README.md");
        List<WalkThrough.Step> steps = WalkThrough.read(readme);
        assertThat(steps).as("steps in blocks fenced as bash walk").hasSizeGreaterThan(3);

        walk(steps);
    }

    static void walk(List<WalkThrough.Step> steps) throws IOException, InterruptedException {
        WalkThrough.Outcome outcome = WalkThrough.run(
                WalkThrough.script(steps),
                Stack.repository(),
                Map.of(
                        "GATEWAY", Stack.gateway().toString(),
                        "SIMULATOR", Stack.simulator().toString(),
                        "OIDC_ISSUER", Stack.tillstream().url(Part.IDENTITY).toString()));

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    }
}
