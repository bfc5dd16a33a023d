package io.tillstream.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** What a test awaits without a limit of its own may take a minute, as a machine may be busy with other things. */
public final class PatientAwaits implements TestExecutionListener {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        Awaitility.setDefaultTimeout(PATIENCE);
    }
}
