package io.tillstream.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.tillstream.stripe.StripeResult.Refused;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** A rule that is got round by {@code X::y} holds nothing. */
class ArchitectureRulesTest {

    private static boolean holds(ArchRule rule, Class<?> type) {
        return !rule.evaluate(new ClassFileImporter().importClasses(type)).hasViolation();
    }

    /** Tells buyers of our own fault as if it were theirs. */
    static final class ReadsTheCode {
        String told(Refused no) {
            return no.code();
        }
    }

    static final class HandsTheCodeOn {
        Optional<String> told(Optional<Refused> no) {
            return no.map(Refused::code);
        }
    }

    static final class HandsTheCodeOnInALambda {
        Optional<String> told(Optional<Refused> no) {
            return no.map(refused -> refused.code() + "!");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {ReadsTheCode.class, HandsTheCodeOn.class, HandsTheCodeOnInALambda.class})
    void aRefusalIsNotToldByItsCodeHoweverThatIsRead(Class<?> type) {
        assertThat(holds(ArchitectureRules.refusalsAreToldByTheirKind(), type)).isFalse();
    }

    static final class StripeProblems {
        static RuntimeException told(Refused no) {
            return new IllegalStateException(no.refusal());
        }
    }

    static final class Asks {
        String told(Refused no) {
            return no.refusal() + no.code();
        }
    }

    static final class AsksByReference {
        String told(Optional<Refused> no) {
            return no.map(Refused::refusal).orElse("") + no.map(Refused::code);
        }
    }

    /** As in {@code .onErrorMap(Refused.class, StripeProblems::told)}. */
    static final class AsksOneWhoAsks {
        String told(Refused no, Function<Function<Refused, RuntimeException>, String> chain) {
            return no.code() + chain.apply(StripeProblems::told);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Asks.class, AsksByReference.class, AsksOneWhoAsks.class})
    void whoeverAsksWhoseFaultItIsMayReadTheCode(Class<?> type) {
        assertThat(holds(ArchitectureRules.refusalsAreToldByTheirKind(), type)).isTrue();
    }

    static final class Waits {
        String now(Mono<String> later) {
            return later.block();
        }
    }

    static final class WaitsByReference {
        Optional<String> now(Optional<Mono<String>> later) {
            return later.map(Mono::block);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Waits.class, WaitsByReference.class})
    void noThreadWaitsHoweverThatIsWritten(Class<?> type) {
        assertThat(holds(ArchitectureRules.nobodyWaits(), type)).isFalse();
    }
}
