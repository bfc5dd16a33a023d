package io.tillstream.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Duration;

/** The rules every module keeps; each module has a test that calls {@link #check}. */
public final class ArchitectureRules {

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
        classes().should(waitOnlyWhereAThreadMayWait()).check(classes);
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
    }

    /** A reactive thread never waits: only Kafka listeners block, and always with a limit. */
    private static ArchCondition<com.tngtech.archunit.core.domain.JavaClass> waitOnlyWhereAThreadMayWait() {
        return new ArchCondition<>("block only in listeners, with a Duration") {
            @Override
            public void check(com.tngtech.archunit.core.domain.JavaClass item, ConditionEvents events) {
                for (JavaMethodCall call : item.getMethodCallsFromSelf()) {
                    boolean reactor = call.getTargetOwner().getPackageName().startsWith("reactor.core.publisher");
                    boolean blocks = call.getName().startsWith("block");
                    if (reactor && blocks && !allowed(item.getSimpleName(), call)) {
                        events.add(SimpleConditionEvent.violated(item, call.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean allowed(String owner, JavaMethodCall call) {
        var parameters = call.getTarget().getRawParameterTypes();
        boolean limited = parameters.size() == 1 && parameters.get(0).isEquivalentTo(Duration.class);
        return limited && (owner.endsWith("Listener") || owner.endsWith("Consumer"));
    }
}
