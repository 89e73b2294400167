-- Every programme is offered everywhere, and every course can be selected in every round.
INSERT INTO programme_points (programme_id, teaching_point_id)
SELECT programmes.id, points.id FROM programmes CROSS JOIN plan.points ORDER BY programmes.id, points.id;

INSERT INTO selection_round_courses (selection_round_id, course_id)
SELECT intakes.round_id, courses.id FROM plan.intakes CROSS JOIN plan.courses ORDER BY intakes.number, courses.number;
