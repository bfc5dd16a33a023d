package io.tillstream.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules every module keeps; each module has a test that calls {@link #check}. */
public final class ArchitectureRules {

    private static final Set<String> UNTYPED = Set.of(
            "putExtraParam",
            "putAllExtraParam",
            "rawRequest",
            "unsafeSetStripeVersionOverride",
            "setStripeVersionOverride");

    private static final String REFUSED = "io.tillstream.stripe.StripeResult$Refused";

    /** They work where nobody waits for an answer: what they keep is for operators. */
    private static final Set<String> TELL_NOBODY = Set.of("StripeStartRefunds", "CreditRecoveryFlow");

    private static final String POST = "org.springframework.web.bind.annotation.PostMapping";

    private ArchitectureRules() {}

    /** Checks the production classes below a base package. */
    public static void check(String basePackage) {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages(basePackage);
        slices().matching(basePackage + ".(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(classes);
        nobodyWaits().check(classes);
        stripeIsSentWhatItKnows().check(classes);
        refusalsAreToldByTheirKind().check(classes);
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|DTO|Dto)")
                .because("a name says what a thing is")
                .check(classes);
        noMethods()
                .that()
                .haveNameMatching("set[A-Z].*")
                .should()
                .beDeclaredInClassesThat()
                .areRecords()
                .allowEmptyShould(true)
                .check(classes);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.springframework.transaction.annotation.Transactional")
                .because("a cancelled request loses writes that others made: use Transactions")
                .check(classes);
        methods()
                .that()
                .areAnnotatedWith(POST)
                .and(answerOutsiders())
                .should()
                .beAnnotatedWith("io.tillstream.web.Idempotent")
                .because("a key that is sent and passed over lets its repeat act twice")
                .allowEmptyShould(true)
                .check(classes);
        LinearPatterns.check(classes);
    }

    static ArchRule nobodyWaits() {
        return classes().should(waitOnlyWhereAThreadMayWait());
    }

    static ArchRule stripeIsSentWhatItKnows() {
        return noClasses()
                .should(sendWhatStripeDoesNotKnow())
                .because("only stripe-java's parameter class of an operation holds what the operation has");
    }

    static ArchRule refusalsAreToldByTheirKind() {
        return noClasses()
                .should(tellARefusalByItsCode())
                .because("our own fault is neither the caller's nor the state's: whose it is, is asked first");
    }

    /** What it calls, and what it hands on to be called: {@code X::y}. */
    private static Set<JavaCodeUnitAccess<?>> uses(JavaClass item) {
        return Stream.of(item.getMethodCallsFromSelf(), item.getMethodReferencesFromSelf())
                .flatMap(Set::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Services ask one another with keys of their own, and Stripe's deliveries are told apart by their events. */
    private static DescribedPredicate<JavaMethod> answerOutsiders() {
        return DescribedPredicate.describe("answer outsiders", method -> paths(method)
                .noneMatch(path -> path.startsWith("/internal/") || path.startsWith("/webhooks/")));
    }

    private static Stream<String> paths(JavaMethod method) {
        var post = method.getAnnotationOfType(POST);
        return Stream.of("value", "path")
                .flatMap(name -> Stream.of((Object[]) post.get(name).orElse(new Object[0])))
                .map(String::valueOf);
    }

    /** A reactive thread never waits: only Kafka listeners block, and always with a limit. */
    private static ArchCondition<com.tngtech.archunit.core.domain.JavaClass> waitOnlyWhereAThreadMayWait() {
        return new ArchCondition<>("block only in listeners, with a Duration") {
            @Override
            public void check(com.tngtech.archunit.core.domain.JavaClass item, ConditionEvents events) {
                for (JavaCodeUnitAccess<?> call : uses(item)) {
                    boolean reactor = call.getTargetOwner().getPackageName().startsWith("reactor.core.publisher");
                    boolean blocks = call.getName().startsWith("block");
                    if (reactor && blocks && !allowed(item.getSimpleName(), call)) {
                        events.add(SimpleConditionEvent.violated(item, call.getDescription()));
                    }
                }
            }
        };
    }

    /** Past the typed parameters: words of our own, raw requests, maps, another version. */
    private static ArchCondition<JavaClass> sendWhatStripeDoesNotKnow() {
        return new ArchCondition<>("send Stripe what the parameter class of an operation does not have") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                for (JavaCodeUnitAccess<?> call : uses(item)) {
                    boolean stripe = call.getTargetOwner().getPackageName().startsWith("com.stripe");
                    boolean map = call.getTarget().getRawParameterTypes().stream()
                            .anyMatch(type -> type.isEquivalentTo(java.util.Map.class));
                    boolean request = call.getTargetOwner().getPackageName().startsWith("com.stripe.service")
                            || call.getTargetOwner().getPackageName().startsWith("com.stripe.model");
                    if (stripe && (UNTYPED.contains(call.getName()) || (map && request))) {
                        events.add(SimpleConditionEvent.satisfied(item, call.getDescription()));
                    }
                }
            }
        };
    }

    /** A refusal of Stripe's is told by its kind: the class that reads its code asks for that, or gives it to one that does. */
    private static ArchCondition<JavaClass> tellARefusalByItsCode() {
        return new ArchCondition<>("tell a refusal of Stripe's by its code alone") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                Set<JavaCodeUnitAccess<?>> calls = uses(item);
                boolean asks = TELL_NOBODY.contains(item.getSimpleName())
                        || calls.stream().anyMatch(ArchitectureRules::asksWhoseFaultItIs);
                calls.stream()
                        .filter(call ->
                                !asks && isOfRefusal(call) && call.getName().equals("code"))
                        .forEach(call -> events.add(SimpleConditionEvent.satisfied(item, call.getDescription())));
            }
        };
    }

    private static boolean isOfRefusal(JavaCodeUnitAccess<?> call) {
        return call.getTargetOwner().getName().equals(REFUSED);
    }

    private static boolean asksWhoseFaultItIs(JavaCodeUnitAccess<?> call) {
        String owner = call.getTargetOwner().getSimpleName();
        boolean tells = owner.equals("StripeProblems") || owner.endsWith("Refusals");
        return isOfRefusal(call)
                ? call.getName().equals("refusal")
                : tells
                        && call.getTarget().getRawParameterTypes().stream()
                                .anyMatch(type -> type.getName().equals(REFUSED));
    }

    private static boolean allowed(String owner, JavaCodeUnitAccess<?> call) {
        var parameters = call.getTarget().getRawParameterTypes();
        boolean limited = parameters.size() == 1 && parameters.get(0).isEquivalentTo(Duration.class);
        return limited && (owner.endsWith("Listener") || owner.endsWith("Consumer"));
    }
}
