"""What commands, reactions and jobs have in common: steps that rows take, whoever sets them in motion."""
