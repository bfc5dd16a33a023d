package io.tillstream.subscription.catalog;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Cursor;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The plans: open to everyone to read, to operators to change. */
@RestController
@RequestMapping("/api/plans")
@Tag(name = "Plans")
class PlanController {

    private final PlanRepository rows;
    private final PlanFlow flow;
    private final PlanImport takeOver;

    PlanController(PlanRepository rows, PlanFlow flow, PlanImport takeOver) {
        this.rows = rows;
        this.flow = flow;
        this.takeOver = takeOver;
    }

    @GetMapping
    @Operation(operationId = "listPlans", summary = "What can be subscribed to")
    Mono<Page<PlanJson.Output>> list(Paging paging) {
        return rows.offered(paging.after(), paging.rowsToRead()).collectList().map(found -> Page.of(
                        found, paging, plan -> new Cursor(plan.createdAt(), plan.id()))
                .map(PlanJson.Output::of));
    }

    /** Also one that is not offered any more: its subscribers want to see what they have. */
    @GetMapping("/{id}")
    @Operation(operationId = "getPlan", summary = "One plan")
    Mono<PlanJson.Output> one(@PathVariable String id) {
        return rows.find(id).map(PlanJson.Output::of).switchIfEmpty(Mono.error(Problem::notFound));
    }

    @PostMapping
    @Idempotent(required = false)
    @Operation(
            operationId = "createPlan",
            summary = "Adds a plan, here and at Stripe, or takes one over from there (operators)")
    @ApiResponse(responseCode = "201", description = "Here and at Stripe")
    @ApiResponse(responseCode = "202", description = "Here; Stripe is told as soon as it can be asked")
    Mono<ResponseEntity<PlanJson.Output>> add(@Valid @RequestBody PlanInput input) {
        String stripePriceId = input.stripePriceId();
        Mono<Plan> added = stripePriceId == null ? flow.add(input) : takeOver.add(input, stripePriceId);
        return added.map(plan -> answer(plan, HttpStatus.CREATED));
    }

    @PutMapping("/{id}")
    @Operation(operationId = "replacePlan", summary = "Changes a plan; who has subscribed keeps the price (operators)")
    @ApiResponse(responseCode = "200", description = "Here and at Stripe")
    @ApiResponse(responseCode = "202", description = "Here; Stripe is told as soon as it can be asked")
    Mono<ResponseEntity<PlanJson.Output>> replace(@PathVariable String id, @Valid @RequestBody PlanInput input) {
        return flow.replace(id, input).map(plan -> answer(plan, HttpStatus.OK));
    }

    private static ResponseEntity<PlanJson.Output> answer(Plan plan, HttpStatus done) {
        HttpStatus status = plan.sync().isDue() ? HttpStatus.ACCEPTED : done;
        return ResponseEntity.status(status).body(PlanJson.Output.of(plan));
    }
}
