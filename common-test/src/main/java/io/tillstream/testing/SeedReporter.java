package io.tillstream.testing;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says with what seed tests run, and after a failure how to have it again and where the logs are. */
public final class SeedReporter implements TestExecutionListener {

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        System.out.println("tests: seed " + Seed.value());
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            var shared = TestLogFiles.shared();
            System.out.println("tests: " + test.getDisplayName() + " failed; again with -Dseed=" + Seed.value()
                    + "; logs of what it started are in " + TestLogFiles.folder()
                    + (shared == null ? "" : " and " + shared));
        }
    }
}
